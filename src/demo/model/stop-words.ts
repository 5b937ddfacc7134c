/** Words that never name a thing of the estate, so that what is left over in a question is a name. */
export const stopWords: ReadonlySet<string> = new Set(
  `a an the this that these those some any all every each both either neither no none not never only just
  i me my mine we us our ours you your yours he him his she her hers it its they them their one ones someone somebody anyone anybody everyone everybody nobody
  am is are was were be been being do does did doing done have has had having can could will would shall should may might must need needs needed want wants wanted like liked let lets ought
  and or but nor so yet if then than as though although because while whether unless though plus also too again besides otherwise
  of in on at by for with without from to into onto over under about against between during before after above below up down out off through across around via per near within since until till towards along among behind beyond upon
  related regarding concerning mentioning mention mentions mentioned containing contain contains affecting affects affect affected impacting impact impacts impacted touching touch touches involving involve involves linked link links connected tied called named name names labeled titled title
  what which who whom whose when where why how whatever whichever
  there here now currently right moment presently actually really very much many more most less least few several lot lots bit little enough quite rather almost still already yet ever even maybe perhaps possibly probably likely certainly definitely simply basically literally honestly exactly
  please kindly thanks thank hi hello hey dear sir madam ok okay yes yeah yep nope sure alright fine good great nice well cheers sorry regards best welcome folks guys team mate friend buddy colleague colleagues boss manager
  show list give get tell find fetch display see look looking check checking provide pull bring search lookup view print return report reports know knows known say says said ask asks asked asking answer explain describe summarize summarise compare think thinks thought hear heard mean means meant wonder wondering wondered curious guess hope hoping wish
  go goes going gone went come comes coming came make makes made making take takes taken took taking put keep keeps kept happen happens happened happening start starts started starting begin began end ends ended ending stop stops stopped work works worked working use uses used using try tries tried trying help helps helped seem seems seemed appear appears look looks looked feel feels turn turns turned call calls run runs
  new old last latest recent recently next previous prior first second third final current other others another same different such own whole entire full complete total overall general particular specific certain main important able possible available ready whether
  time times day days week weeks month months year years hour hours minute minutes today yesterday tomorrow tonight morning afternoon evening night overnight weekend date dates
  thing things stuff something anything everything nothing item items part parts kind kinds sort sorts type types way ways case cases point points number numbers list lists table row rows record records entry entries data info information detail details status state states situation update updates question questions answer answers issue issues problem problems reason reasons result results example
  system systems platform platforms service services environment environments estate production prod side area world company business user users people customer-facing
  back away together apart anyway instead else ago soon later early earlier late quick quickly fast slow short long big small high low top bottom left
  two three four five six seven eight nine ten couple
  yes no hmm um uh oh ah eh lol fyi asap btw etc eg ie vs
  shift meeting standup call oncall on-call pager paged woke boss director ceo cto head stakeholder stakeholders auditor audit review cab slide slides presentation weekly monthly quarterly
  raised raise raises opened open reported report logged log created create registered assigned assign assignment owner owned own belongs belong involved responsible waiting wait active
  planned plan plans scheduled schedule upcoming due affected ongoing outstanding pending
  caused cause causes causing trigger triggered led blame because due reason fault
  urgent urgently critical major minor severe serious bad worse worst normal usual typical
  filter filtered sorted grouped group groups teams by matching match matches where having status
  currently presently lately whenever wherever however therefore thus hence meanwhile
  don doesn didn isn aren wasn weren won wouldn couldn shouldn t s re ve ll d m
  kindest possible detailed brief briefly quick overview summary recap
  real really actual actual exact true false sure unsure confirm confirmed verify
  count counts amount many much often frequently percentage rate
  mind care worry worried worrying concerned keen happy glad afraid interested interesting aware
  set sets setting move moves moved moving hold holds held wrong broken break breaks broke
  english german language word words sentence line lines
  already during throughout meantime
  am pm utc cet cest gmt
  every once twice
  responsible handle handles handling handled deal deals dealing
  morning's tonight's let's
  person persons guy who's gonna wanna gotta kinda
  it's i'm
  success successful successfully failure failures fails failing fail failed error errors succeeded succeed finished finish complete completed
  touched went through behave behaves behaving
  else's seen saw been shown given told found
  incl including included includes excluding except apart
  anyways hopefully apparently suddenly constantly repeatedly
  wrote written read reads
  got gets getting
  afterwards afterward empty conflicting conflict conflicts clash colliding dashboard dashboards blocker blockers sum
  older newer younger longer shorter fewer
  shifted arrive arrived arriving leave leaving
  quickest soonest earliest oldest newest biggest
  wanted asap urgently
  usually typically generally always mostly average averages median mean duration durations runtime percent trend trends super honestly sorry bother thanks
  minute's`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

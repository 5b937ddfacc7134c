import { formsOf, singular, spellingOf } from './words.ts'

function wordsIn(list: string): Set<string> {
  return new Set(
    list
      .trim()
      .split(/\s+/)
      .map((word) => word.replaceAll('_', ' ')),
  )
}

/** The terms of lines `term: form form`, by form. */
function tableOf(list: string): Map<string, string[]> {
  const table = new Map<string, string[]>()
  for (const line of list.trim().split('\n')) {
    const [term = '', forms = ''] = line.split(':')
    for (const form of wordsIn(`${term} ${forms}`)) {
      table.set(form, [...new Set([...(table.get(form) ?? []), term])])
    }
  }
  return table
}

/** A name that questions may hold, such as that of a pipeline, a team or a part of a platform. */
export type KnownName = {
  name: string
  /** The parameter that takes it: `pipeline`, `assignment_group`, `service`, `region`. */
  field: string
  /** The platform that the named thing is a part of, in lower case. */
  platform?: string
}

/** What questions are about. `_` stands for a space. A word may have several meanings. */
const subjects = `
change: chg cr crs rfc rfcs change_request request changed changing deployment deploy deployed rollout release going_live go_live ticket
incident: inc incs ticket problem issue
pipeline: job load loaded etl elt dag workflow dataflow feed import ingestion intake batch
run: ran execution executed
health: healthy unhealthy ok okay fine up alive available availability unavailable reachable unreachable accessible operational stable
health: functional functioning unstable impaired slow sluggish slowness latency degraded degrade degradation outage down offline usable
health: maintenance disruption disrupted working problem issue trouble wrong doing status uptime responding normal affected how_is how_are
health: broken late delayed stuck hanging stale good well platform service system stack running missing happened happening work works
overview: wrong ok okay fine broken problem issue trouble status doing how_are how_is good well happening happened going_on whats_up up
overview: situation current summary summarise summarize report handover recap on_fire burning fire state_of_affairs full_picture brief
databricks: dbx
snowflake: snow
azure: microsoft
`
const values = `
open: unresolved outstanding unsolved still_open working_on active current ongoing pending
new: unacknowledged untouched
assess: assessed assessing assessment
authorize: authorise authorized authorised authorization approval awaiting_approval waiting_for_approval waiting_for_authorization
scheduled:
implement: implementing implementation being_implemented in_progress in_flight underway running
review: reviewed reviewing in_review under_review
closed: close complete completed done finished
canceled: cancel cancelled canceling cancellation withdrawn called_off
in_progress: running underway ongoing being_worked_on in_flight executing active
on_hold: paused parked blocked
resolved: resolve fixed solved resolution
succeeded: success succeed successful successfully green passed go_through went_through finish finished complete completed done
failed: fail failing failure crash crashed broke broken break breaking died abort aborted unsuccessful red error went_wrong go_wrong
emergency: emergencies
standard: routine
normal: ordinary
low: minor
moderate: medium
high: risky
critical: top_priority highest_priority major_incident major_incidents
`
/** What is asked of a record. It filters nothing: the answer shows the fields that tell it. */
const aspects = `
owner: who whom assigned assignee owns owned responsible handles handling handled working_on worked_on looking_at in_charge work works
cause: why caused causes causing reason explanation explain root_cause behind led error message how_come due_to because_of came_out_of
when: start started starting begin began begun end ended since_when date time what_time finish finished
duration: how_long take takes took long lasted
rows: row record records written write wrote
detail: description details about summary summarize summarise report overview info information full notes note update updates news
detail: impact affects affect content contents step steps activity activities title
advice: advise advised recommended recommendation workaround
schedule: schedules
latest: last newest most_recent recent
state: states stand progress approved approval status
number: count total amount how_many how_often
priority: prio priorities sev severity
risk: risks
type: types kind kinds
group: team groups teams
region: regions
part: parts component components
opened: created raised reported logged new came_in arisen arose occurred
planned: announced plan plans planning scheduled upcoming coming_up due next scheduled_for lined_up
`
/** Subjects that a meaning or the field of a name implies. */
const implied = `
change: planned emergency risk assess review scheduled canceled authorize implement open owner assignment_group service
incident: priority critical on_hold resolved opened open owner assignment_group service
pipeline: failed succeeded
health: databricks snowflake azure region
`
/** Parts of the platforms that their users know, some with a short form. */
const products: Record<string, string> = {
  databricks: `Databricks|Jobs|SQL Warehouses|Notebooks and Workspace|Unity Catalog|Lakeflow Pipelines|Model Serving`,
  snowflake: `Snowflake|Virtual Warehouses|Database and Queries|Snowpipe|Tasks and Streams|Snowsight|Data Sharing`,
  azure: `Azure|Data Factory=adf|Storage|Virtual Machines=vm|Key Vault|Event Hubs|Networking|Monitor|Entra ID|Synapse|Service Bus`,
}
const regions = [
  'West Europe',
  'North Europe',
  'East US',
  'East US 2',
  'West US',
  'UK South',
  'Global',
]

/** Words that filter nothing. */
const stopWords = wordsIn(`
a an the this that these those there here of in on at for to from with by into onto as is are was were be been being am do does did has have
had having can could would will shall should may might must what which where how whose if whether me us i we you your our ours any anything
anyone anybody some something somebody someone somewhere all every everything everyone each both either so please pls kindly thanks thank
hi hello hey dear now currently right moment present still already yet just only really actually maybe perhaps also too again then itself
show showing list lists listed give gimme tell say get got find see look looking check know want wanted need wanna like display view lookup
fetch provide print let lets asked asking ask question wondering wonder appreciate confirm search sorry interested curious trying hoping
many much more some kind sort set overall quick quickly short briefly exactly possible able going go gone went come came coming make made
seen having says said via per data level levels users user people touch touches touching affecting exist exists existing known concerned
related relating belong belongs involved concern one ones and or but plus it its they them their him her he she though while during within
over side number numbers id called named name names hit fully whats hows wheres thats good_morning good_afternoon good_evening
mentioning mention mentions containing contains matching right_now at_the_moment as_of_now by_now for_now so_far
`)
/** Words that say what a sentence leaves out or compares. They must not pass as learned or mistyped words. */
const precise = wordsIn(
  'no not without except never none other than least most less fewer unless instead worst best use uses',
)
const timeWords = wordsIn(`
today yesterday tomorrow tonight monday tuesday wednesday thursday friday saturday sunday week weekend month hour hours day days minutes
since last next morning evening night between until older january february march april june july august september october november december
`)
/** Words in names that do not tell one thing from another. */
const vague = wordsIn(
  'platform cloud operation service desk network engineering daily hourly weekly nightly sync refresh import snapshot feature virtual sharing',
)
/** Verbs that ask for an action. The tools only read, so a sentence that begins with one is declined. */
export const commands = wordsIn(`
close cancel delete create approve reject restart reboot rerun retry stop kill start pause resume assign reassign escalate resolve reopen fix
deploy rollback add remove set grant disable enable trigger reset move postpone reschedule acknowledge ack install write draft send email
notify page call order book buy translate generate build make turn raise log submit execute schedule change_the open_a open_an
`)
/** Words that name something said before. */
export const pronouns = wordsIn('it its they them their him her he she')

const base = tableOf(`${subjects}${values}${aspects}`)
const subjectsBy = tableOf(implied)
const termsIn = (list: string) => new Set(list.match(/^\w+/gm))

/** Meanings that name a platform, that name what is asked for, that a tool must apply, and that ask for a field. */
export const platformTerms: ReadonlySet<string> = new Set(Object.keys(products))
export const subjectTerms = termsIn(subjects).difference(platformTerms)
export const valueTerms: ReadonlySet<string> = termsIn(values)
export const aspectTerms: ReadonlySet<string> = termsIn(aspects)

/** The subjects that a meaning or a field implies: "emergency" is said of changes. */
export const impliedBy = (term: string): readonly string[] => subjectsBy.get(term) ?? []

/** What the planner knows: meanings of words and phrases, stop words, names. */
export type Vocabulary = {
  meaningsOf: (form: string) => readonly string[]
  /** The names that these words are, or are a telling part of. */
  namesOf: (words: readonly string[]) => readonly KnownName[]
  isInName: (word: string) => boolean
  isStop: (form: string) => boolean
  /** Whether a word needs no correction. */
  knows: (word: string) => boolean
  /** The known word that a mistyped one stands for. */
  correct: (word: string) => string | undefined
  /** The same with further words, each a meaning of its own, and further names. */
  extend: (words: readonly string[], names: readonly KnownName[]) => Vocabulary
}

/** The vocabulary of English, the products of the platforms and the names that the caller knows. */
export function createVocabulary(known: readonly KnownName[]): Vocabulary {
  const parts = Object.entries(products).flatMap(([platform, list]) =>
    list.split('|').map((name) => ({ name, field: 'service', platform })),
  )
  const places = regions.map((name) => ({ name, field: 'region' }))
  const placed = known.map((one) => {
    const [platform] = [...(base.get(one.name.split(' ')[0]?.toLowerCase() ?? '') ?? [])]
    return platform && platformTerms.has(platform) ? { ...one, platform } : one
  })
  return vocabularyOf(base, [...parts, ...places, ...placed])
}

function vocabularyOf(
  table: ReadonlyMap<string, string[]>,
  known: readonly KnownName[],
): Vocabulary {
  const meaningsOf = (form: string) =>
    (form.includes(' ') ? [form] : formsOf(form)).map((one) => table.get(one)).find(Boolean) ?? []
  const isTelling = (word: string) =>
    word.length > 3 && !vague.has(word) && !stopWords.has(word) && meaningsOf(word).length === 0
  const names = new Map<string, KnownName[]>()
  for (const { name: entry, ...rest } of known) {
    const [name = '', ...short] = entry.split('=')
    for (const key of [...keysOf(name, isTelling), ...short]) {
      const listed = names.get(key) ?? []
      const isListed = listed.some((one) => one.name === name && one.field === rest.field)
      names.set(key, isListed ? listed : [...listed, { name, ...rest }])
    }
  }
  const nameWords = new Set([...names.keys()].flatMap((key) => key.split(' ')))
  const words = [...table.keys(), ...stopWords, ...timeWords].flatMap((key) => key.split(' '))
  const plain = new Set([...words, ...commands, ...precise])
  const inflected = words.flatMap((word) => [word, `${word}s`, `${word}ed`, `${word}ing`])
  const isInName = (word: string) => nameWords.has(singular(word))
  const isPlain = (word: string) => stopWords.has(word) || precise.has(word)
  return {
    meaningsOf,
    isInName,
    namesOf: (part) => names.get(part.map(singular).join(' ')) ?? [],
    isStop: (form) => stopWords.has(form),
    knows: (word) => plain.has(word) || isInName(word) || meaningsOf(word).length > 0,
    correct: spellingOf([...inflected, ...nameWords]),
    extend(further, more) {
      const isNew = (word: string) =>
        word.length > 2 && !formsOf(word).some(isPlain) && meaningsOf(word).length === 0
      const own = further.filter(isNew).map(singular)
      const added = own.map((word): [string, string[]] => [word, [word]])
      return vocabularyOf(new Map([...table, ...added]), [...known, ...more])
    },
  }
}

/** A name as a whole, and each run of its words that has a telling word. */
function keysOf(name: string, isTelling: (word: string) => boolean): string[] {
  const words = name
    .toLowerCase()
    .replaceAll("'", '')
    .split(/[\s_.-]+/)
    .map(singular)
  const starts = words.map((_, from) => words.slice(from))
  const runs = starts.flatMap((rest) => rest.map((_, size) => rest.slice(0, size + 1)))
  const isKey = (run: string[]) => run.length === words.length || run.some(isTelling)
  return runs.filter(isKey).map((run) => run.join(' '))
}

/** Why a question is not answered. */
export type Refusal = 'injection' | 'creative' | 'action' | 'greeting' | 'offTopic' | 'unclear'

const verbs =
  'write|compose|draft|make up|tell|sing|invent|generate|create|give|recite|draw|paint|make|code|implement|build'

/** Attempts to make the assistant something else; they spoil the whole question. */
const injections = [
  /\b(ignore|disregard|forget|override|bypass|skip|drop)\b.{0,40}\b(instructions?|prompts?|rules?|guidelines?|restrictions?|guardrails?|directives?|polic(?:y|ies)|told you|said above|above)\b/,
  /\b(ignore|forget|disregard)\b (?:all |everything |anything )?(?:the |of the )?(previous|prior|above|before|everything)\b/,
  /\b(system|hidden|initial|secret|original) (prompt|instructions?|message)\b/,
  /\byour (prompt|instructions|rules|guidelines|configuration|source code|training)\b/,
  /\b(jailbreak|dan mode|developer mode|god mode|sudo mode|unrestricted mode|no restrictions|without restrictions)\b/,
  /\byou are (now|no longer)\b|\bfrom now on you\b|\b(pretend|act as|roleplay|role-play|behave like|imagine you are|impersonate)\b/,
  /\b(api|access|secret|encryption|private) (key|keys|token|tokens)\b(?!.{0,20}vault)/,
  /\b(reveal|leak|print|dump|show|give|tell|expose)\b.{0,25}\b(credentials?|secrets|passwords?|env(?:ironment)? variables?|connection strings?)\b/,
]

/** Things to be made up or written; no name of a platform makes them ours. */
const creative = [
  new RegExp(
    `\\b(${verbs})\\b.{0,30}\\b(poems?|haikus?|limericks?|sonnets?|songs?|lyrics|rap|jokes?|riddles?|story|stories|fairy tale|essay|novel|ballad|verses?|script|regex|function|code|program|class|query|algorithm|stored procedure|notebook for|unit tests?|blog ?post|tweet|linkedin post|speech|modules?|templates?|yaml|json|manifest|dockerfile|snippets?|documentation|presentation|sql|slides|playbook|runbook|cover letter|resume|email|e-mail)\\b`,
  ),
  /\b(poems?|haikus?|limericks?|sonnets?|jokes?|riddles?|lyrics|homework|essay|fairy tale)\b/,
  /\b(draw|paint|generate|design|create)\b.{0,20}\b(pictures?|images?|logos?|photos?|memes?|cartoons?)\b/,
  /\b(translate|übersetze)\b|\b(?:say|in) (?:french|german|spanish|italian|latin|japanese|chinese|klingon)\b/,
  /\b(?:python|java|javascript|typescript|c\+\+|rust|golang|bash|powershell|sql|pyspark|scala|react|html|css|terraform)\b.{0,40}\b(script|function|code|program|class|query|loop|statement|example|syntax|algorithm|exercise|tutorial)\b/,
  /\bhow (?:do|can|would|to) (?:i |you |we |one )?(?:write|code|implement|program|sort|reverse|merge|learn|install|parse)\b/,
  /\b(my|the|your|a|forgot|reset|change|new|lost)\b.{0,20}\bpasswords?\b|\bpasswords?\b.{0,12}\b(for|of|to|reset|is|please)\b/,
]

/** What the assistant could only do if it were allowed to write: it is not. */
const actions = [
  /^(?:(?:please|pls|kindly|just|now|hey|hi|hello|ok|can you|could you|would you|will you|can we|can i|i want you to|i need you to|i want to|i need to|i would like to|we need to|go ahead and|you should|you must|help me|help me to|let us|let me|and|then|also) ,? ?)*(close|cancel|resolve|reopen|open|raise|log|create|submit|delete|remove|drop|approve|reject|assign|reassign|update|modify|edit|restart|reboot|rerun|re-run|retry|trigger|start|stop|kill|pause|resume|schedule|reschedule|postpone|escalate|fix|repair|deploy|roll back|rollback|revert|acknowledge|scale|shut down|shutdown|terminate|execute|run|set|mark|move|add|put|change|send|notify|grant|rename|page|call|email|migrate|replace|upgrade|patch|rotate|disable|enable|turn|block|merge) (?:up |off |down )?(?:a|an|the|this|that|it|its|them|all|my|our|new|me a|chg\d+|inc\d+|me access|[a-z]+-[a-z-]+(?![\w-]*\d)|incident|change|ticket|pipeline|access|us|everyone|state|priority)\b(?! (?:check|report|search|look|query|summary|list|overview|health))/,
]

/** Rights are given by people. */
const rights =
  /\b(?:give|grant|get|assign) (?:me|us|him|her|them)\b.{0,25}\b(?:access|rights?|permissions?|roles?|admin|licen[cs]e)\b/

/** Questions that a book answers, and no look at the estate. */
const lessons = [
  /\b(?:what (?:is|are) (?:an?|the (?:difference|meaning|definition|best (?:way|practice|book|tool|course)))|difference between|explain (?:how|what|the concept|to me what)|teach me|how does (?:an? )?[a-z ]{3,30} work|define|best practices?|pros and cons|tutorial|certification|career|job interview|become an?)\b/,
  /\bhow (?:do|can|could|would|should|to) (?:i |we |you |one )?(?!see|find|check|know|tell|look|you know)(?:[a-z]+) /,
  /\b(?:what do you think|what is your (?:view|take)|in your opinion|do you (?:prefer|recommend|think)|(?:is|are) .{2,30} better than|should (?:i|we) (?:use|buy|choose|learn|switch to)|which is better|how much (?:do|does|is|are) .{2,30} (?:cost|costs|price)|as a company|who (?:founded|is the ceo)|alternatives? to)\b/,
  /\b(?:recommend|suggest)\b.{0,40}\b(?:books?|courses?|tools?|podcasts?|blogs?|vendors?|movies?|series|places?|colou?rs?)\b/,
]

/** Subjects that have nothing to do with the estate, unless a ticket or a pipeline is about them. */
const subjects = [
  /\b(weather|rain|raining|sunny|snowing|temperature outside|forecast for|umbrella|sunshine)\b/,
  /\b(politics|politician|president|prime minister|election|elections|vote|government|parliament|war in|trump|biden|putin|brexit|chancellor|democrats?|republicans?)\b/,
  /\b(football|soccer|tennis|basketball|cricket|world cup|champions league|will win|wins the|who wins|playoffs|olympics|bundesliga|formula 1|super bowl|the match|the game|nba|nfl)\b/,
  /\b(bitcoin|crypto|stock price|stock market|share price|shares? of|stocks|invest|investment|mortgage|exchange rate|lottery|gold price|dow jones)\b/,
  /\b(movies?|films?|netflix|music|song|songs|celebrity|actor|actress|book recommendation|video game|concert|tv show|series to watch)\b/,
  /\b(restaurants?|lunch|dinner|breakfast|pizza|coffee|recipes?|cook|cooking|bake|cake|beer|wine|canteen|cafeteria|menu)\b/,
  /\b(flights?|hotels?|holidays?|vacation|travel|trip|train to|taxi|airport|visa|parking)\b/,
  /\b(girlfriend|boyfriend|marry|marriage|love me|love you|birthday|horoscope|zodiac|dating|my wife|my husband|my dog|my cat|children)\b/,
  /\b(capital of|who invented|how tall|how old are|how far|distance (?:to|between)|population of|meaning of life|president of|tallest|largest country|who wrote|who won|who painted|quantum|dinosaurs?|solar system|planets?|the moon|history of|year was)\b/,
  /\b(square root|equation|integral|derivative|solve for|calculus|prime numbers?|fibonacci|pythagoras|multiply|divided by|what is \d+ ?[-+*x/] ?\d+|\d+ (?:plus|minus|times) \d+)\b/,
  /\b(doctor|headache|medicine|diet|weight|workout|gym|sick leave|symptoms|therapy|vaccine)\b/,
  /\b(salary|payslip|payroll question|vacation days|holiday request|expense report|hr department|performance review|parental leave|bonus|pay rise|raise my)\b/,
  /\b(what time is it|what day is (?:it|today)|what is the (?:time|date)|current time|what year is it|with you|your (?:mother|brain|family|day|favou?rite|opinion)|are you (?:human|real|an? ai|alive|sentient|conscious|chatgpt)|do you (?:like|love|feel|dream|sleep))\b/,
  /\b(laptop|printer|keyboard|mouse|my screen|headset|iphone|android|outlook|microsoft word|excel formula|powerpoint|wifi|wi-fi|my vpn)\b/,
]

const greetings = [
  /^(?:hi|hello|hey|hallo|hola|good (?:morning|afternoon|evening|day)|morning|greetings|howdy|yo|sup|moin|hiya|thanks|thank you|thx|many thanks|cheers|bye|goodbye|good night|see you|great|perfect|cool|nice|ok|okay|test|testing|ping)\b[\s\S]*$/,
  /\b(what|which things?) (?:can|could|do|are|would) you (?:do|help|answer|able|know|offer)|\bwhat (?:else )?can (?:i|we) ask\b|\bwho are you\b|\bwhat are you\b|\bhow (?:do you|does this|do i|can i|should i) (?:work|use)|\bwhat is this\b|\byour (?:capabilities|features|skills|name|purpose)|^help$|^help me$|\bhow can you help\b|\bwhat do you do\b|\bcan you help(?: me| us)?\W*$/,
]

/** Words that stand as they are when typing errors are put right. */
export const offTopicWords: ReadonlySet<string> = new Set(
  'weather poem poems joke jokes story song recipe password passwords politics lunch translate homework holiday president movie football bitcoin haiku riddle'.split(
    ' ',
  ),
)

/** More than this is not looked at: every pattern costs time with every character, and nobody asks for a poem so late. */
const lookedAt = 1_000

/** Whether somebody tries to talk the assistant out of its task. `text` is in lower case. */
export function isInjection(text: string): boolean {
  const start = text.slice(0, lookedAt)
  return injections.some((pattern) => pattern.test(start))
}

/** What speaks against answering a part of a question, whatever else it mentions. */
export function refusalOf(text: string): Refusal | undefined {
  const bare = text.trim().slice(0, lookedAt)
  if (isInjection(bare)) return 'injection'
  if (creative.some((pattern) => pattern.test(bare))) return 'creative'
  return [...actions, rights].some((pattern) => pattern.test(bare)) ? 'action' : undefined
}

/** Whether a part is about the world outside. A ticket or a pipeline may still be about such a thing. */
export function isOffTopic(text: string): boolean {
  const start = text.slice(0, lookedAt)
  return [...subjects, ...lessons].some((pattern) => pattern.test(start))
}

/** Whether somebody only says hello, or asks what can be asked. */
export function isGreeting(text: string): boolean {
  return greetings.some((pattern) => pattern.test(text.trim().slice(0, lookedAt)))
}

const helpsWith =
  'I can look up changes and incidents in ServiceNow, data pipelines and their runs in Log Analytics, and the health of Databricks, Snowflake and Azure.'

/** What is said instead of an answer. */
export const refusals: Record<Refusal, string> = {
  injection: `I keep to my task. ${helpsWith}`,
  creative: `That is outside what I can help with. ${helpsWith}`,
  action:
    'I can only read: I cannot open, change, approve, start or close anything. I can show you the ticket, the pipeline or the platform that it is about; for the rest, ask whoever owns it.',
  greeting: `Hello! ${helpsWith} Try "Which changes are open, and is Databricks healthy?"`,
  offTopic: `I am sorry, that is not something I know about. ${helpsWith}`,
  unclear: `I am not sure what you are asking for. ${helpsWith} Could you name a ticket, a pipeline or a platform?`,
}

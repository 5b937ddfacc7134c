import { formsOf, Spelling, singular } from './words.ts'

/** A name that may occur in questions, such as that of a pipeline, a team or a part of a platform. */
export type KnownName = {
  name: string
  /** The parameter that takes it: `pipeline`, `assignment_group`, `service`, `region`. */
  field: string
  /** The platform that the named thing is a part of, in lower case. */
  platform?: string
  /** A short form, in lower case. */
  alias?: string
}

/** What questions are about. `_` stands for a space; a word may be listed under several meanings. */
const subjects = `
change: chg cr crs rfc rfcs change_request request changed changing deployment deploy deployed rollout release going_live go_live maintenance_window
incident: inc incs ticket problem issue
change: ticket
pipeline: job load loaded etl elt dag workflow dataflow feed import ingestion intake batch
run: ran execution executed
health: healthy unhealthy ok okay fine up alive available availability unavailable reachable unreachable accessible
health: operational functional functioning stable unstable impaired slow sluggish slowness latency degraded degradation outage
health: down offline maintenance degrade disruption disrupted disturbance working problem issue trouble wrong doing status uptime responding normal
health: normally affected how_is how_are hows broken late delayed stuck hanging stale good well platform service system stack usable running missing happened happening happen announced_problem
health: work works
owner: work works
overview: current full_picture brief wrong ok okay fine broken problem issue trouble status doing how_are how_is good well happening happened happen going_on whats_up
overview: what_is_up up situation summary summarise summarize report handover hand_over rundown recap on_fire burning fire worry concern state_of_affairs
databricks: dbx
snowflake: snow
azure: microsoft
`

/** Values of filters. */
const values = `
open: unresolved outstanding unsolved still_open working_on active current ongoing pending
new: unacknowledged untouched
assess: assessed assessing assessment in_assessment
authorize: authorise authorized authorised authorization authorisation approval awaiting_approval awaiting_cab_approval waiting_for_approval waiting_for_authorization
scheduled: is_scheduled
implement: implementing implementation in_implementation being_implemented in_progress in_flight underway running under_way
review: reviewed reviewing in_review under_review
closed: close complete completed done finished
canceled: cancel cancelled canceling cancellation withdrawn called_off
in_progress: running underway ongoing being_worked_on in_flight under_way executing active
on_hold: paused parked blocked
resolved: resolve fixed solved resolution
succeeded: success succeed successful successfully green passed go_through went_through gone_through finish finished complete completed done ok
failed: fail failing failure crash crashed broke broken break breaking died abort aborted unsuccessful red fell_over error went_wrong go_wrong
emergency: emergencies
standard: routine
normal: ordinary
low: minor
moderate: medium
high: risky
critical: top_priority highest_priority major_incident major_incidents
`

/** What is asked of a record: it filters nothing, the answer shows the fields that tell it. */
const aspects = `
owner: who whom assigned assignee owns owned responsible handles handling handled working_on worked_on looking_at assigned_to in_charge
cause: why caused causes causing reason explanation explain root_cause behind led error message how_come due_to because_of came_out_of result_of resulted_from
when: start started starting begin began begun end ended since_when date time what_time until_when finish finished
duration: how_long take takes took long lasted lasting
rows: row records written write wrote
detail: description details detail about summary summarize summarise report overview info information full notes note update updates news impact affects affect content contents step steps activities activity
advice: advise advised recommended recommendation workaround do
schedule: schedules
latest: last newest most_recent recent
state: states status stand progress approved approval
number: count total amount how_many how_often
priority: prio priorities sev severity
risk: risks
type: types kind kinds
group: team groups teams
region: regions
part: parts component components
title: titles
opened: created raised reported logged new came_in arisen arose occurred
planned: announced coming_days plan plans planning scheduled upcoming coming_up due next scheduled_for lined_up
`

/** A value or aspect that alone tells what a question is about. */
const implied = `
priority: incident
critical: incident
on_hold: incident
resolved: incident
opened: incident
planned: change
emergency: change
risk: change
assess: change
review: change
scheduled: change
canceled: change
authorize: change
implement: change
failed: pipeline
succeeded: pipeline
open: change incident
owner: change incident
databricks: health
snowflake: health
azure: health
assignment_group: change incident
service: change incident
region: health
`

/** Parts of the platforms that every user of them knows. */
const products: Record<string, string> = {
  Databricks:
    'Jobs|SQL Warehouses|Notebooks and Workspace|Unity Catalog|Lakeflow Pipelines|Model Serving|Delta Live Tables|Databricks SQL|Workspace|Notebooks',
  Snowflake:
    'Virtual Warehouses|Database and Queries|Snowpipe|Tasks and Streams|Snowsight|Data Sharing',
  Azure:
    'Data Factory (adf)|Storage|Virtual Machines (vm)|Key Vault|Event Hubs|Networking|Monitor|Entra ID|Synapse|Cosmos DB|Blob Storage|Event Grid|Service Bus',
}
const regions = 'West Europe|North Europe|East US|East US 2|West US|West US 2|UK South|Global'

/** Words that carry no meaning for a filter. */
const stopWords = `
fully whats hows wheres thats a an the this that these those there here of in on at for to from with by into onto as is are was were be been being am do does did
has have had having can could would will shall should may might must what which where how whose if whether me us i we you your
our ours any anything anyone anybody some something somebody someone somewhere all every everything everyone each both either
so please pls kindly thanks thank thx hi hello hey dear ok well now currently right moment present presently still already yet
just only really actually maybe perhaps also too again today's show showing list lists listed give gimme tell say get got find
see look looking check know want wanted need wanna like display view lookup fetch provide print let lets asked asking ask question wondering wonder
many much more some kind sort set overall quick quickly short briefly brief exactly possible possibly able
going go gone went come came coming happen make made seen having says said using used use via per regarding concerning data
currently level levels appreciate confirm search sorry interested curious trying hoping users user people touch touches touching affecting then itself exist exists existing know known concerned related relating belong belongs belonging involve involved involving
concern tickets' it's one ones and or but then plus it its they them their he she hence though while during within over
nightly night daily hourly weekly morning evening hit hits them
side team's number numbers id called named name names good_morning good_afternoon good_evening
right_now at_the_moment as_of_now by_now for_now so_far
`

/** Verbs that ask for an action. The tools only read, so a sentence that begins with one is declined. */
const commandWords = `
close cancel delete create approve reject restart reboot rerun retry stop kill start pause resume assign reassign escalate resolve reopen
fix deploy rollback add remove set grant disable enable trigger reset move postpone reschedule acknowledge ack install write
draft send email notify page call order book buy translate generate build make turn raise log submit execute schedule run_again change_the open_a open_an
`

const stops = new Set(wordsIn(stopWords))
const base = tableOf(`${subjects}\n${values}\n${aspects}`)

/** Meanings that name what is asked for, and those that every tool must apply as a filter or decline. */
export const subjectTerms: ReadonlySet<string> = new Set(
  termsIn(subjects).filter((term) => !Object.keys(products).some((name) => name.toLowerCase() === term)),
)
export const valueTerms: ReadonlySet<string> = new Set(termsIn(values))
export const aspectTerms: ReadonlySet<string> = new Set(termsIn(aspects))
export const platformTerms: ReadonlySet<string> = new Set(Object.keys(products).map((name) => name.toLowerCase()))
const impliedSubjects = new Map(
  implied
    .trim()
    .split('\n')
    .map((line) => line.split(': '))
    .map(([term = '', subject = '']) => [term, subject.split(' ')]),
)

/** Verbs that ask for an action, also in two words. */
export const commands: ReadonlySet<string> = new Set(wordsIn(commandWords))

/** Words that may stand in front of such a verb. */
export const openers: ReadonlySet<string> = new Set(
  'please can could would will you kindly pls now just hey hi hello lets let us go ahead and i want need to like then ok'.split(
    ' ',
  ),
)

/** Words that name something said before. */
export const pronouns = new Set('it its they them their he she him her'.split(' '))

/** What the planner knows of English: meanings, stop words, names. Immutable; `extend` adds what is offered. */
export class Vocabulary {
  /** Meanings by form; a form of several words has spaces. */
  readonly #meanings: Map<string, string[]>
  readonly #names = new Map<string, KnownName[]>()
  readonly #spelling: Spelling
  readonly #known: readonly KnownName[]
  /** The longest form or name, in words. */
  readonly maxWords = 6

  constructor(meanings: Map<string, string[]>, known: readonly KnownName[]) {
    this.#meanings = meanings
    this.#known = known
    for (const one of known) {
      this.#addName(one)
      if (one.alias !== undefined) this.#list([one.alias], one)
    }
    const words = [...meanings.keys(), ...stops, ...timeWords].filter((key) => !key.includes(' '))
    const inNames = [...this.#names.keys()].flatMap((key) => key.split(' '))
    const inflected = words.flatMap((word) => [word, `${word}s`, `${word}ed`, `${word}ing`])
    for (const key of meanings.keys()) for (const word of key.split(' ')) this.#phraseWords.add(word)
    this.#spelling = new Spelling(new Set([...inflected, ...inNames]))
    for (const word of inNames) this.#nameWords.add(word)
  }

  readonly #nameWords = new Set<string>()
  readonly #phraseWords = new Set<string>()

  /** The same with further words, each a meaning of its own, and further names. */
  extend(words: Iterable<string>, known: readonly KnownName[]): Vocabulary {
    const meanings = new Map(this.#meanings)
    for (const word of words) {
      const isLearned = word.length > 2 && !unlearnable.has(word) && !formsOf(word).some((form) => stops.has(form))
      if (isLearned && this.meaningsOf(word).length === 0) {
        meanings.set(singular(word), [singular(word)])
      }
    }
    return new Vocabulary(meanings, [...this.#known, ...known])
  }

  /** What a word or a phrase may mean. */
  meaningsOf(form: string): readonly string[] {
    const exact = this.#meanings.get(form)
    if (exact || form.includes(' ')) return exact ?? []
    for (const other of formsOf(form)) {
      const found = this.#meanings.get(other)
      if (found) return found
    }
    return []
  }

  /** The names that these words are, or are a telling part of. */
  namesOf(words: readonly string[]): readonly KnownName[] {
    return this.#names.get(words.map(singular).join(' ')) ?? []
  }

  /** Whether a word occurs in a name. */
  isInName(word: string): boolean {
    return this.#nameWords.has(singular(word))
  }

  isStop(form: string): boolean {
    return stops.has(form)
  }

  /** Whether a word needs no correction. */
  knows(word: string): boolean {
    return (
      stops.has(word) || timeWords.has(word) || commands.has(word) || unlearnable.has(word) || this.#phraseWords.has(word) || this.meaningsOf(word).length > 0 || this.isInName(word)
    )
  }

  correct(word: string): string | undefined {
    return this.#spelling.correct(word)
  }

  /** Lists a name whole, and by each run of its words that has a word of its own. */
  #addName(known: KnownName): void {
    const words = nameWords(known.name)
    for (let from = 0; from < words.length; from++) {
      for (let to = from + 1; to <= words.length; to++) {
        const part = words.slice(from, to)
        const isWhole = part.length === words.length
        if (isWhole || part.some((word) => this.#isTelling(word))) this.#list(part, known)
      }
    }
  }

  #isTelling(word: string): boolean {
    return (
      word.length > 3 && !stops.has(word) && !vague.has(word) && this.meaningsOf(word).length === 0
    )
  }

  #list(words: string[], known: KnownName): void {
    const key = words.join(' ')
    const listed = this.#names.get(key) ?? []
    if (listed.some(({ name, field }) => name === known.name && field === known.field)) return
    this.#names.set(key, [...listed, known])
  }
}

/** Words that a description may use and that must not be skipped in a question. */
const unlearnable = new Set(
  'not no without except never none only than other least most more less fewer unless instead worst best'.split(' '),
)

/** Words of times, for the correction of mistyped ones. */
const timeWords = new Set(
  'today yesterday tomorrow tonight monday tuesday wednesday thursday friday saturday sunday week weekend month hour hours days minutes since last next morning evening night between until older january february march april june july august september october november december'.split(' '),
)

/** Words in names that do not tell one thing from another. */
const vague = new Set(
  'platform cloud operation service desk network engineering daily hourly weekly nightly monthly sync refresh import snapshot feature report virtual sharing east west north south'.split(
    ' ',
  ),
)

/** The vocabulary of English, the products of the platforms, and the names that the caller knows. */
export function createVocabulary(known: readonly KnownName[]): Vocabulary {
  const parts = Object.entries(products).flatMap(([platform, list]) =>
    [platform, ...list.split('|')].map((entry) => {
      const [name = '', alias] = entry.replace(')', '').split(' (')
      return { name, field: 'service', platform: platform.toLowerCase(), ...(alias && { alias }) }
    }),
  )
  const places = regions.split('|').map((name) => ({ name, field: 'region' }))
  const placed = known.map((one) => {
    const platform = base.get(one.name.split(' ')[0]?.toLowerCase() ?? '')?.find((term) => platformTerms.has(term))
    return platform === undefined || one.platform !== undefined ? one : { ...one, platform }
  })
  return new Vocabulary(base, [...parts, ...places, ...placed])
}

/** The subjects that a meaning implies: "emergency" is said of changes. */
export function impliedBy(term: string): readonly string[] {
  return impliedSubjects.get(term) ?? []
}

function termsIn(list: string): string[] {
  return list.trim().split('\n').map((line) => line.slice(0, line.indexOf(':')))
}

function nameWords(name: string): string[] {
  const words = name.toLowerCase().replaceAll("'", '').split(/[\s_.-]/)
  return words.filter((word) => word !== '').map(singular)
}

function wordsIn(list: string): string[] {
  return list
    .split(/\s/)
    .filter((word) => word !== '')
    .map((word) => word.replaceAll('_', ' '))
}

function tableOf(list: string): Map<string, string[]> {
  const table = new Map<string, string[]>()
  for (const line of list.trim().split('\n')) {
    const [term = '', forms = ''] = line.split(': ')
    for (const form of [term.replaceAll('_', ' '), ...wordsIn(forms)]) {
      const terms = table.get(form) ?? []
      if (!terms.includes(term)) table.set(form, [...terms, term])
    }
  }
  return table
}

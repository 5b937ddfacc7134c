import { termsOf } from './catalogue.ts'
import { type Clause, clausesOf } from './clauses.ts'
import { resolve, type Turn } from './follow-up.ts'
import { sayUnread } from './answer.ts'
import { type Item, isUnread, read } from './reading.ts'
import { impliedBy, platformTerms, subjectTerms, type Vocabulary } from './vocabulary.ts'
import { tokenise } from './words.ts'

/** What triage answers. */
export type Decision = {
  tasks: { agent: string; question: string }[]
  reject_reason: string | null
}

/** A specialist as the system prompt lists it; `weights` says how telling each meaning is for it. */
type Specialist = { name: string; description: string; weights: ReadonlyMap<string, number> }

/** The specialists of a system prompt. It is worth keeping. */
export type Roster = { specialists: readonly Specialist[]; vocabulary: Vocabulary }

const maxCharacters = 2000

/** Reads the first block of lines `- Name: description` of a system prompt. */
export function readRoster(system: string, base: Vocabulary): Roster {
  const listed: { name: string; description: string }[] = []
  for (const line of system.split('\n')) {
    const [, name, description] = /^- ([^:]{1,80}): (.+)$/.exec(line) ?? []
    if (name !== undefined && description !== undefined) listed.push({ name, description })
    else if (listed.length > 0) break
  }
  const vocabulary = base.extend(
    listed.flatMap(({ name, description }) => wordsOf(`${name} ${description}`)),
    [],
  )
  const terms = listed.map(
    ({ name, description }) => new Set(termsOf(`${name}. ${description}`, vocabulary, 1)),
  )
  const weightOf = (term: string) => {
    const weight = term === 'health' ? 2 : subjectTerms.has(term) ? 3 : platformTerms.has(term) || base.meaningsOf(term).length === 0 ? 2 : 1
    return weight / terms.filter((known) => known.has(term)).length
  }
  const specialists = listed.map((one, index) => ({
    ...one,
    weights: new Map([...(terms[index] ?? [])].map((term) => [term, weightOf(term)])),
  }))
  return { specialists, vocabulary }
}

/** Decides which specialists to ask what; declines what nobody can answer. */
export function decideTriage(turns: readonly Turn[], { specialists, vocabulary }: Roster): Decision {
  const decline = (reason: string) => ({
    tasks: [],
    reject_reason: `${reason}\n\n${offerOf(specialists)}`,
  })
  const asked = turns.at(-1)?.text ?? ''
  if (asked.length > maxCharacters) {
    return decline(`This question is too long for the offline model: it reads up to ${maxCharacters} characters.`)
  }
  const isSubject = (term: string) => subjectTerms.has(term) || isOwnSubject(term, specialists)
  const resolved = resolve(turns, vocabulary, isSubject)
  if ('decline' in resolved) return decline(resolved.decline)
  const { clauses, asides } = clausesOf(read(resolved.text, vocabulary, 0), isSubject)
  if (clauses.some(({ isCommand }) => isCommand)) {
    return decline('I can only read: I change nothing in any system, so I did not do this.')
  }
  const unread = clauses.flatMap(({ items }) => items.filter(isUnread))
  if (clauses.length === 0) return decline('I did not find a question about the systems here.')
  if (clauses.every(isOverview)) {
    return { tasks: specialists.map(({ name }) => ({ agent: name, question: resolved.text })), reject_reason: null }
  }
  const chosen = clauses.map((clause) => ({ clause, names: choose(clause, specialists) }))
  if (chosen.some(({ clause, names }) => names.length === 0 || isMostlyUnread(clause))) {
    return decline(sayUnread(unread.map(({ text }) => text)))
  }
  const names = specialists.map(({ name }) => name).filter((name) => chosen.some((one) => one.names.includes(name)))
  const tasks = names.map((agent, index) => {
    const own = chosen.filter((one) => one.names.includes(agent)).map(({ clause }) => clause.text)
    const question = names.length === 1 ? resolved.text : [...own, ...(index === 0 ? asides : [])].join('. ')
    return { agent, question }
  })
  return { tasks, reject_reason: null }
}

/** "anything wrong?", "status": a question about everything. */
function isOverview({ items }: Clause): boolean {
  const said = items.filter(({ time }) => !time)
  return said.length > 0 && said.every(({ terms }) => terms.includes('overview'))
}

function isMostlyUnread({ items }: Clause): boolean {
  const unread = items.filter((item) => isUnread(item) || item.isGuess).length
  return unread > items.length - unread
}

/** The specialists who know most of a clause; several only if they know equally much. */
function choose({ items }: Clause, specialists: readonly Specialist[]): string[] {
  const own = items.filter(({ optional }) => !optional)
  const scores = specialists.map(({ weights }) => own.reduce((sum, item) => sum + scoreOf(item, weights), 0))
  const best = Math.max(...scores)
  return best <= 0 ? [] : specialists.filter((_, index) => best - (scores[index] ?? 0) < 0.01).map(({ name }) => name)
}

function scoreOf({ terms, names, id }: Item, weights: ReadonlyMap<string, number>): number {
  const weigh = (term: string) => weights.get(term) ?? 0
  const direct = terms.map((term) => (weigh(term) * (id ? 2 : 1)) / (terms.length > 1 ? 2 : 1))
  const hinted = terms.flatMap(impliedBy).map((term) => weigh(term) / 3)
  const named = names.flatMap(({ field, platform }) => [
    ...(platform ? [weigh(platform)] : []),
    ...(subjectTerms.has(field) && field !== 'service' ? [weigh(field) * 0.9] : impliedBy(field).map((term) => weigh(term) / 3)),
  ])
  return Math.max(0, ...direct, ...hinted, ...named)
}

/** A word that only one specialist's description has. */
function isOwnSubject(term: string, specialists: readonly Specialist[]): boolean {
  return !platformTerms.has(term) && specialists.some(({ weights }) => weights.get(term) === 2)
}

function offerOf(specialists: readonly Specialist[]): string {
  const lines = specialists.map(({ name, description }) => `- **${name}**: ${description}`)
  return `I answer questions in English about:\n\n${lines.join('\n')}`
}

function wordsOf(text: string): string[] {
  return tokenise(text).map(({ word }) => word)
}

import { sayUnread } from './answer.ts'
import { termsOf } from './catalogue.ts'
import { type Clause, clausesOf } from './clauses.ts'
import { type Item, isUnread, read } from './reading.ts'
import {
  aspectTerms,
  impliedBy,
  platformTerms,
  pronouns,
  subjectTerms,
  type Vocabulary,
} from './vocabulary.ts'
import { tokenise } from './words.ts'

/** One message of a conversation. */
export type Turn = { isUser: boolean; text: string }

/** Whom to ask what, or why nobody is asked. */
export type Decision = {
  tasks: { agent: string; question: string }[]
  reject_reason: string | null
}

/** The specialists of a system prompt; `weights` says how telling each meaning is for one. */
export type Roster = {
  specialists: { name: string; description: string; weights: ReadonlyMap<string, number> }[]
  vocabulary: Vocabulary
  isOwn: (term: string) => boolean
}

const maxCharacters = 2000
const maxTurns = 8
const lead = /^\s*(?:and|what about|how about|or|only|just|same for|now)\s+(?:the\s+)?/i
const isNamed = ({ names, id, search }: Item) => names.length > 0 || !!id || search !== undefined

/** Reads the first block of lines `- Name: description` of a system prompt. It is worth keeping. */
export function readRoster(system: string, base: Vocabulary): Roster {
  const block = /(?:^- [^:\n]{1,80}: .+\n?)+/m.exec(system)?.[0] ?? ''
  const vocabulary = base.extend(
    tokenise(block).map(({ word }) => word),
    [],
  )
  const listed = [...block.matchAll(/^- ([^:\n]+): (.+)$/gm)].map(
    ([, name = '', description = '']) => {
      const terms = new Set(termsOf(`${name}. ${description}`, vocabulary, 1))
      return { name, description, terms }
    },
  )
  const weightOf = (term: string): [string, number] => {
    const isOwn = base.meaningsOf(term).length === 0 || platformTerms.has(term) || term === 'health'
    const weight = isOwn ? 2 : subjectTerms.has(term) ? 3 : 1
    return [term, weight / listed.filter(({ terms }) => terms.has(term)).length]
  }
  const specialists = listed.map(({ terms, ...one }) => ({
    ...one,
    weights: new Map([...terms].map(weightOf)),
  }))
  const isOwn = (term: string) =>
    !platformTerms.has(term) && specialists.some(({ weights }) => weights.get(term) === 2)
  return { specialists, vocabulary, isOwn }
}

/** Decides which specialists to ask what; declines what none of them can answer. */
export function decideTriage(turns: readonly Turn[], roster: Roster): Decision {
  const { specialists, vocabulary, isOwn } = roster
  const offers = specialists.map(({ name, description }) => `- **${name}**: ${description}`)
  const decline = (reason: string) => ({
    tasks: [],
    reject_reason: `${reason}\n\nI answer questions in English about:\n\n${offers.join('\n')}`,
  })
  if ((turns.at(-1)?.text.length ?? 0) > maxCharacters) {
    return decline(
      `The offline model reads at most ${maxCharacters} characters. Please ask in fewer words.`,
    )
  }
  let [question, answer]: [string | undefined, string] = ['', '']
  for (const { isUser, text } of turns.slice(-maxTurns)) {
    if (isUser) question = standAlone(text.slice(0, maxCharacters), question ?? '', answer, roster)
    else answer = text.slice(0, 20_000)
  }
  if (question === undefined) return decline('I do not know what this refers to. Please name it.')
  const { clauses, asides } = clausesOf(read(question, vocabulary, 0).fragments, isOwn)
  if (clauses.some(({ isCommand }) => isCommand))
    return decline('I can only read. I change nothing in any system.')
  const isAll = clauses.length > 0 && clauses.every(isOverview)
  const names = clauses.map((clause) =>
    isAll ? specialists.map(({ name }) => name) : choose(clause, roster),
  )
  const isClear = names.every(({ length }) => length > 0) && !clauses.some(isMostlyUnread)
  if (clauses.length === 0 || !isClear || (!isAll && isDefinition(question, clauses))) {
    return decline(
      sayUnread(clauses.flatMap(({ items }) => items.filter(isUnread).map(({ text }) => text))),
    )
  }
  const asked = specialists.map(({ name }) => name).filter((name) => names.flat().includes(name))
  const tasks = asked.map((agent, index) => {
    const own = clauses.filter((_, at) => names[at]?.includes(agent)).map(({ text }) => text)
    const parts = [own.join(' and '), ...(index === 0 ? asides : [])].join('. ')
    return { agent, question: asked.length === 1 || isAll ? (question ?? '') : parts }
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

/** "What is an incident?" asks for an explanation, not for data. */
function isDefinition(question: string, clauses: readonly Clause[]): boolean {
  const [item, other] = clauses.flatMap(({ items }) => items)
  const isThing =
    other === undefined && !item?.id && !item?.terms.some((term) => aspectTerms.has(term))
  return isThing && /^\s*(?:what(?:'s| is| are)|define|explain)\b/i.test(question)
}

/** The specialists who know most of a clause; several only if they know equally much. */
function choose({ items }: Clause, { specialists }: Roster): string[] {
  const own = items.filter(({ isOptional }) => !isOptional)
  const scores = specialists.map(({ weights }) =>
    own.reduce((sum, item) => sum + scoreOf(item, weights), 0),
  )
  const best = Math.max(0.01, ...scores)
  return specialists.filter((_, at) => best - (scores[at] ?? 0) < 0.01).map(({ name }) => name)
}

function scoreOf({ terms, names, id }: Item, weights: ReadonlyMap<string, number>): number {
  const weigh = (term: string, share: number) => (weights.get(term) ?? 0) * share
  const fields = names.map(({ field }) => field)
  return Math.max(
    0,
    ...terms.map((term) => weigh(term, id ? 2 : terms.length > 1 ? 0.5 : 1)),
    ...names.map(({ platform = '' }) => weigh(platform, 1)),
    ...fields.map((field) => weigh(field, field === 'service' ? 0 : 0.9)),
    ...[...terms, ...fields].flatMap(impliedBy).map((term) => weigh(term, 1 / 3)),
  )
}

/**
 * A question of its own, or nothing if it refers to something unknown. "it" is the one name of the question before, or
 * else the one number in the answer; "and Snowflake?" is the question before with another name.
 */
function standAlone(
  text: string,
  before: string,
  answer: string,
  { vocabulary, isOwn }: Roster,
): string | undefined {
  const itemsOf = (one: string) => read(one, vocabulary, 0).fragments.flatMap(({ items }) => items)
  if (clausesOf(read(text, vocabulary, 0).fragments, isOwn).clauses[0]?.isOpen) {
    const named = new Set(
      itemsOf(before)
        .filter(isNamed)
        .map((item) => item.text),
    )
    const [name, other] = named.size > 0 ? named : new Set(answer.match(/\b[A-Z]{2,6}\d{5,}\b/g))
    if (name === undefined || other !== undefined) return undefined
    return text.replace(/\p{L}+/gu, (word) => (pronouns.has(word.toLowerCase()) ? name : word))
  }
  const items = itemsOf(text.replace(lead, ''))
  const isSubject = (term: string) => subjectTerms.has(term) || isOwn(term)
  const isNew = items.some(
    (item) => item.id || isUnread(item) || (item.terms.length > 0 && item.terms.every(isSubject)),
  )
  const isAspect =
    items.length > 0 &&
    items.every(
      ({ names, terms }) => names.length === 0 && terms.some((term) => aspectTerms.has(term)),
    )
  if (before === '' || isNew || !(lead.test(text) || isAspect)) return text
  const { tokens, fragments } = read(before, vocabulary, 0)
  const kindOf = ({ time, names, terms }: Item) => (time ? 'time' : (names[0]?.field ?? terms[0]))
  let result = before.replace(/[?.!\s]+$/, '')
  for (const [kind, alike] of Map.groupBy(items, kindOf)) {
    const old = fragments.flatMap((one) => one.items.filter((item) => kindOf(item) === kind))
    const [first, last] = [tokens[old[0]?.from ?? -1], tokens[(old.at(-1)?.to ?? 0) - 1]]
    const said = alike.map((item) => item.text).join(' and ')
    if (first && last) result = result.slice(0, first.start) + said + result.slice(last.end)
    else result += alike[0]?.names.length ? ` for ${said}` : ` ${said}`
  }
  return result
}

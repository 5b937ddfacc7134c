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

/** What triage answers. */
export type Decision = {
  tasks: { agent: string; question: string }[]
  reject_reason: string | null
}

/** The specialists of a system prompt; `weights` says how telling each meaning is for one. */
export type Roster = {
  specialists: { name: string; description: string; weights: ReadonlyMap<string, number> }[]
  vocabulary: Vocabulary
}

const maxCharacters = 2000
const maxTurns = 8

/** Reads the first block of lines `- Name: description` of a system prompt. It is worth keeping. */
export function readRoster(system: string, base: Vocabulary): Roster {
  const block = /(?:^- [^:\n]{1,80}: .+\n?)+/m.exec(system)?.[0] ?? ''
  const listed = [...block.matchAll(/^- ([^:\n]+): (.+)$/gm)].map(
    ([, name = '', description = '']) => ({ name, description }),
  )
  const words = tokenise(block).map(({ word }) => word)
  const vocabulary = base.extend(words, [])
  const terms = listed.map(
    ({ name, description }) => new Set(termsOf(`${name}. ${description}`, vocabulary, 1)),
  )
  const weightOf = (term: string) => {
    const isOwn = base.meaningsOf(term).length === 0 || platformTerms.has(term) || term === 'health'
    const weight = isOwn ? 2 : subjectTerms.has(term) ? 3 : 1
    return weight / terms.filter((known) => known.has(term)).length
  }
  const specialists = listed.map((one, index) => {
    const weights = new Map([...(terms[index] ?? [])].map((term) => [term, weightOf(term)]))
    return { ...one, weights }
  })
  return { specialists, vocabulary }
}

/** Decides which specialists to ask what; declines what none of them can answer. */
export function decideTriage(turns: readonly Turn[], roster: Roster): Decision {
  const { specialists, vocabulary } = roster
  const offers = specialists.map(({ name, description }) => `- **${name}**: ${description}`)
  const decline = (reason: string) => ({
    tasks: [],
    reject_reason: `${reason}\n\nI answer questions in English about:\n\n${offers.join('\n')}`,
  })
  if ((turns.at(-1)?.text.length ?? 0) > maxCharacters) {
    return decline(
      `The offline model reads questions of up to ${maxCharacters} characters. This one is longer.`,
    )
  }
  const isOwn = (term: string) =>
    !platformTerms.has(term) && specialists.some(({ weights }) => weights.get(term) === 2)
  const question = resolve(turns, vocabulary, isOwn)
  if (question === undefined)
    return decline('I do not know what this refers to. Please name it, for example by its number.')
  const { clauses, asides } = clausesOf(read(question, vocabulary, 0).fragments, isOwn)
  if (clauses.some(({ isCommand }) => isCommand))
    return decline('I can only read. I change nothing in any system.')
  if (clauses.length > 0 && clauses.every(isOverview)) {
    return {
      tasks: specialists.map(({ name }) => ({ agent: name, question })),
      reject_reason: null,
    }
  }
  const chosen = clauses.map((clause) => ({ clause, names: choose(clause, roster) }))
  const isClear = chosen.every(({ clause, names }) => names.length > 0 && !isMostlyUnread(clause))
  if (chosen.length === 0 || !isClear || isDefinition(question, clauses)) {
    return decline(
      sayUnread(clauses.flatMap(({ items }) => items.filter(isUnread).map(({ text }) => text))),
    )
  }
  const names = specialists
    .map(({ name }) => name)
    .filter((name) => chosen.some((one) => one.names.includes(name)))
  const tasks = names.map((agent, index) => {
    const own = chosen.filter((one) => one.names.includes(agent)).map(({ clause }) => clause.text)
    const parts = [...own, ...(index === 0 ? asides : [])]
    return { agent, question: names.length === 1 ? question : parts.join('. ') }
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
  const items = clauses.flatMap((clause) => clause.items)
  const isThing =
    items.length === 1 &&
    items.every(({ id, terms }) => !id && terms.every((term) => !aspectTerms.has(term)))
  return isThing && /^\s*(?:what(?:'s| is| are)|define|explain)\b/i.test(question)
}

/** The specialists who know most of a clause; several only if they know equally much. */
function choose({ items }: Clause, { specialists }: Roster): string[] {
  const own = items.filter(({ isOptional }) => !isOptional)
  const scores = specialists.map(({ weights }) =>
    own.reduce((sum, item) => sum + scoreOf(item, weights), 0),
  )
  const best = Math.max(0.01, ...scores)
  return specialists
    .filter((_, index) => best - (scores[index] ?? 0) < 0.01)
    .map(({ name }) => name)
}

function scoreOf({ terms, names, id }: Item, weights: ReadonlyMap<string, number>): number {
  const weigh = (term: string) => weights.get(term) ?? 0
  const certainty = id ? 2 : terms.length > 1 ? 0.5 : 1
  const fields = names.map(({ field }) => field)
  return Math.max(
    0,
    ...terms.map((term) => weigh(term) * certainty),
    ...names.map(({ platform = '' }) => weigh(platform)),
    ...fields.map((field) => (field === 'service' ? 0 : weigh(field) * 0.9)),
    ...[...terms, ...fields].flatMap(impliedBy).map((term) => weigh(term) / 3),
  )
}

const lead = /^(?:and|what about|how about|or|only|just|same for|now)\s+(?:the\s+)?/i
const isNamed = ({ names, id, search }: Item) =>
  names.length > 0 || id !== undefined || search !== undefined

/**
 * Makes the last question stand alone, or answers nothing. "it" is the one name of the question before, or else the
 * one number in the answer; "and Snowflake?" is the question before with another name.
 */
function resolve(
  turns: readonly Turn[],
  vocabulary: Vocabulary,
  isOwn: (term: string) => boolean,
): string | undefined {
  let [before, answer]: [string | undefined, string] = ['', '']
  for (const { isUser, text } of turns.slice(-maxTurns)) {
    if (!isUser) answer = text
    else before = resolveOne(text.slice(0, maxCharacters), before ?? '', answer, vocabulary, isOwn)
  }
  return before
}

function resolveOne(
  text: string,
  before: string,
  answer: string,
  vocabulary: Vocabulary,
  isOwn: (term: string) => boolean,
): string | undefined {
  const itemsOf = (question: string) =>
    read(question, vocabulary, 0).fragments.flatMap(({ items }) => items)
  const { clauses } = clausesOf(read(text, vocabulary, 0).fragments, isOwn)
  if (clauses[0]?.isOpen) {
    const named = new Set(
      itemsOf(before)
        .filter(isNamed)
        .map((item) => item.text),
    )
    const numbers = new Set(answer.slice(0, 20_000).match(/\b[A-Z]{2,6}\d{5,}\b/g))
    const [name, other] = named.size > 0 ? named : numbers
    if (name === undefined || other !== undefined) return undefined
    return text.replace(/\p{L}+/gu, (word) => (pronouns.has(word.toLowerCase()) ? name : word))
  }
  const items = itemsOf(text.trim().replace(lead, ''))
  const hasSubject = items.some(
    ({ id, terms }) =>
      id || (terms.length > 0 && terms.every((term) => subjectTerms.has(term) || isOwn(term))),
  )
  const isAspect =
    items.length > 0 &&
    items.every(
      ({ terms, names }) => names.length === 0 && terms.some((term) => aspectTerms.has(term)),
    )
  if (before === '' || hasSubject || items.some(isUnread) || !(lead.test(text.trim()) || isAspect))
    return text
  const { tokens, fragments } = read(before, vocabulary, 0)
  const kindOf = ({ time, names, terms }: Item) => (time ? 'time' : (names[0]?.field ?? terms[0]))
  let result = before.replace(/[?.!\s]+$/, '')
  for (const [kind, alike] of Map.groupBy(items, kindOf)) {
    const old = fragments
      .flatMap((fragment) => fragment.items)
      .filter((item) => kindOf(item) === kind)
    const [first, last] = [tokens[old[0]?.from ?? -1], tokens[(old.at(-1)?.to ?? 0) - 1]]
    const said = alike.map((item) => item.text).join(' and ')
    const added = alike[0]?.names.length ? ` for ${said}` : ` ${said}`
    result =
      first && last ? result.slice(0, first.start) + said + result.slice(last.end) : result + added
  }
  return result
}

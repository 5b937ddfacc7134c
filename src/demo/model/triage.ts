import { sayUnread } from './answer.ts'
import { type Catalogue, knows, readCatalogue, type Tool } from './catalogue.ts'
import { type Clause, clausesOf, maxCharacters } from './plan.ts'
import { type Item, isNamed, isOverview, isUnread, read } from './reading.ts'
import type { Vocabulary } from './vocabulary.ts'
import { aspectTerms, impliedBy, platformTerms, subjectTerms, wordLists } from './vocabulary.ts'

/** One message of a conversation. */
export type Turn = { isUser: boolean; text: string }

/** The specialists to ask with their questions, or the reason to ask none. */
export type Decision = {
  tasks: { agent: string; question: string }[]
  reject_reason: string | null
}

/** The specialists of a system prompt, read like tools without parameters, and the lines about them. */
export type Roster = Catalogue & { lines: string[] }

const definition = /^\s*(?:what(?:'s| is| are)|define|explain)\b/i

/** Reads the first block of lines `- Name: description` of a system prompt. */
export function readRoster(system: string, base: Vocabulary): Roster {
  const block = /(?:^- [^:\n]{1,80}: .+\n?)+/m.exec(system)?.[0] ?? ''
  const listed = [...block.matchAll(/^- ([^:\n]+): (.+)$/gm)]
  const offers = listed.map(([, name = '', description = '']) => ({ name, description }))
  const tools = offers.map((one) => ({ ...one, parameters: {} }))
  const lines = offers.map(({ name, description }) => `- **${name}**: ${description}`)
  return { ...readCatalogue(tools, base), lines }
}

/** Chooses specialists and their questions. Declines a question that none of them can answer. */
export function decideTriage(turns: readonly Turn[], roster: Roster): Decision {
  const { tools, vocabulary, lines, isOwn } = roster
  const decline = (reason: string) => {
    const offer = `I answer questions in English about:\n\n${lines.join('\n')}`
    return { tasks: [], reject_reason: `${reason}\n\n${offer}` }
  }
  const isLong = (turns.at(-1)?.text.length ?? 0) > maxCharacters
  if (isLong) return decline(`The offline model reads at most ${maxCharacters} characters.`)
  const question = standAlone(turns, roster)
  if (question === undefined) return decline('I do not know what this refers to. Please name it.')
  const { clauses, asides } = clausesOf(read(question, vocabulary, 0).fragments, isOwn)
  const items = clauses.flatMap((clause) => clause.items)
  if (clauses.some(({ isCommand }) => isCommand)) return decline('I only read and change nothing.')
  const isAll = clauses.length > 0 && clauses.every((clause) => isOverview(clause.items))
  const chosen = clauses.map((clause) => (isAll ? tools : choose(clause, roster)))
  // "What is an incident?" asks for an explanation, not for data.
  const [only, second] = items
  const isTerm = !second && !only?.id && !only?.terms.some((term) => aspectTerms.has(term))
  const isUnclear = clauses.some(isMostlyUnread) || chosen.some(({ length }) => length === 0)
  if (clauses.length === 0 || isUnclear || (isTerm && !isAll && definition.test(question))) {
    return decline(sayUnread(items.filter(isUnread).map(({ text }) => text)))
  }
  const asked = tools.filter((tool) => chosen.flat().includes(tool))
  const tasks = asked.map((tool, index) => {
    const own = clauses.filter((_, at) => chosen[at]?.includes(tool)).map(({ text }) => text)
    const parts = [own.join(' and '), ...(index === 0 ? asides : [])].join('. ')
    return { agent: tool.name, question: asked.length === 1 || isAll ? question : parts }
  })
  return { tasks, reject_reason: null }
}

function isMostlyUnread({ items }: Clause): boolean {
  const unread = items.filter((item) => isUnread(item) || item.isGuess).length
  // "time" and "news" say nothing without a subject.
  const vague = items.filter(
    ({ terms }) => terms.length > 0 && terms.every((one) => aspectTerms.has(one)),
  )
  return unread > items.length - unread - vague.length && !items.some(({ id }) => id?.prefix)
}

/** The specialists who know most of a clause; several only if they know equally much. */
function choose({ items }: Clause, { tools, isOwn }: Roster): Tool[] {
  const weigh = (tool: Tool, term: string, share: number) => {
    const isPlace = term === 'health' || platformTerms.has(term) || isOwn(term)
    const weight = isPlace ? 2 : subjectTerms.has(term) ? 3 : 1
    return knows(tool, term) ? (weight * share) / tools.filter((one) => knows(one, term)).length : 0
  }
  const scoreOf = (tool: Tool, { terms, names, id }: Item) => {
    const fields = names.map(({ field }) => field)
    const implied = [...terms, ...fields].flatMap(impliedBy)
    return Math.max(
      0,
      ...terms.map((term) => weigh(tool, term, id ? 2 : terms.length > 1 ? 0.5 : 1)),
      ...names.map(({ platform = '' }) => weigh(tool, platform, 1)),
      ...fields.map((field) => weigh(tool, field, field === 'service' ? 0 : 0.9)),
      ...implied.map((term) => weigh(tool, term, 1 / 3)),
    )
  }
  const own = items.filter(({ isOptional }) => !isOptional)
  const scores = tools.map((tool) => own.reduce((sum, item) => sum + scoreOf(tool, item), 0))
  const best = Math.max(0.01, ...scores)
  return tools.filter((_, at) => best - (scores[at] ?? 0) < 0.01)
}

/**
 * The last question with its pronouns replaced, or nothing if it refers to something unknown. "it" is the one name of
 * the question before, or else the one number in the answer.
 */
function standAlone(turns: readonly Turn[], { vocabulary, isOwn }: Roster): string | undefined {
  const text = turns.at(-1)?.text.slice(0, maxCharacters) ?? ''
  const isPronoun = (word: string) => wordLists.pronouns.has(word.toLowerCase())
  if (!text.match(/\w+/g)?.some(isPronoun)) return text
  if (!clausesOf(read(text, vocabulary, 0).fragments, isOwn).clauses[0]?.isOpen) return text
  const before = turns.slice(0, -1).findLast(({ isUser }) => isUser)?.text ?? ''
  const answer = turns.findLast(({ isUser }) => !isUser)?.text.slice(0, 20_000) ?? ''
  const { fragments } = read(before.slice(0, maxCharacters), vocabulary, 0)
  const items = fragments.flatMap((one) => one.items)
  const named = new Set(items.filter(isNamed).map((item) => item.text))
  const [name, other] = named.size > 0 ? named : new Set(answer.match(/\b[A-Z]{2,6}\d{5,}\b/g))
  if (name === undefined || other !== undefined) return undefined
  return text.replace(/\p{L}+/gu, (word) => (isPronoun(word) ? name : word))
}

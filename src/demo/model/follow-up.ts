import { clausesOf } from './clauses.ts'
import { type Item, isUnread, read } from './reading.ts'
import { aspectTerms, pronouns, type Vocabulary } from './vocabulary.ts'

/** One message of a conversation. */
export type Turn = { isUser: boolean; text: string }

const maxTurns = 8
const ordinals: Record<string, number> = { first: 0, second: 1, third: 2, fourth: 3, fifth: 4 }

/**
 * Makes the last question stand alone. "it" is the one name or number of the question before, or else of the answer;
 * "the second one" is a row of the answer's table; "and Snowflake?" is the question before with another name.
 */
export function resolve(
  turns: readonly Turn[],
  vocabulary: Vocabulary,
  isSubject: (term: string) => boolean,
): { text: string } | { decline: string } {
  let before = ''
  let answer = ''
  let result: { text: string } | { decline: string } = { text: '' }
  for (const { isUser, text } of turns.slice(-maxTurns)) {
    if (!isUser) answer = text.slice(0, 20_000)
    else {
      result = resolveOne(text, before, answer, vocabulary, isSubject)
      before = 'text' in result ? result.text : text
    }
  }
  return result
}

function resolveOne(
  text: string,
  before: string,
  answer: string,
  vocabulary: Vocabulary,
  isSubject: (term: string) => boolean,
): { text: string } | { decline: string } {
  if (text.length > 2000) return { text }
  const reading = read(text, vocabulary, 0)
  const { clauses } = clausesOf(reading, isSubject)
  const items = clauses.flatMap((clause) => clause.items)
  const ordinal = /\b(first|second|third|fourth|fifth) (?:one|row|incident|change|run|pipeline|ticket)\b/i.exec(text)
  if (ordinal && answer !== '') {
    const row = rowsOf(answer)[ordinals[(ordinal[1] ?? '').toLowerCase()] ?? 0]
    return row ? { text: text.replace(ordinal[0], row).replace(/\bthe (?=\S+$)/i, '') } : unclear
  }
  const isPlural = plural.test(text) && before !== '' && !items.some(({ terms }) => terms.some(isSubject))
  if (clauses[0]?.isOpen && !isPlural) {
    const name = before === '' ? undefined : (onlyName(before, vocabulary) ?? onlyNumber(answer))
    if (name !== undefined) return { text: replacePronoun(text, name) }
    return unclear
  }
  const rest = text.trim().replace(lead, '')
  const isAspect = items.length > 0 && items.every(({ terms }) => terms.length > 0 && terms.every((term) => aspectTerms.has(term)))
  const isElliptic = before !== '' && (rest !== text.trim() || plural.test(text) || isAspect)
  if (!isElliptic) return { text }
  const said = clausesOf(read(rest, vocabulary, 0), isSubject).clauses.flatMap((clause) => clause.items)
  const hasSubject = said.some(({ terms, id }) => id || (terms.length > 0 && terms.every(isSubject)))
  return hasSubject || said.some(isUnread) ? { text } : { text: substitute(before, said, vocabulary) }
}

/** How a question begins, or what it says, that goes on with the one before. */
const lead = /^(?:and|what about|how about|or|only|just|same for|same question for|now)\s+(?:the\s+)?/i
const plural = /\b(?:these|those|them|ones)\b/i

const unclear = { decline: 'I do not know what this refers to. Please name it, for example by its number.' }

function onlyName(text: string, vocabulary: Vocabulary): string | undefined {
  const { fragments } = read(text.slice(0, 2000), vocabulary, 0)
  const named = fragments.flatMap(({ items }) => items).filter((item) => item.names.length > 0 || item.id || item.search)
  const texts = new Set(named.map((item) => item.text))
  return texts.size === 1 ? [...texts][0] : undefined
}

function onlyNumber(answer: string): string | undefined {
  const numbers = new Set(answer.match(/\b[A-Z]{2,6}\d{5,}\b/g))
  return numbers.size === 1 ? [...numbers][0] : undefined
}

/** What stands in the first cells of the table in an answer. */
function rowsOf(answer: string): string[] {
  const rows = answer.split('\n').filter((line) => line.startsWith('| '))
  return rows.slice(2).map((row) => (row.split(' | ')[0] ?? '').replace(/^\| /, '').trim())
}

function replacePronoun(text: string, name: string): string {
  let isDone = false
  return text.replace(/[\p{L}]+/gu, (word) => {
    if (isDone || !pronouns.has(word.toLowerCase())) return word
    isDone = true
    return name
  })
}

/** The question before, with what is of the same kind replaced, and the rest added. */
function substitute(before: string, items: readonly Item[], vocabulary: Vocabulary): string {
  const reading = read(before, vocabulary, 0)
  const old = reading.fragments.flatMap((fragment) => fragment.items)
  let text = before.replace(/[?.!\s]+$/, '')
  const spans = [...Map.groupBy(items, kindOf)].map(([kind, alike]) => {
    const item = { ...alike[0], text: alike.map((one) => one.text).join(' and ') }
    const same = old.filter((other) => kindOf(other) === kind)
    const [first, last] = [same[0], same.at(-1)]
    const start = first && reading.tokens[first.from]?.start
    const end = last && reading.tokens[last.to - 1]?.end
    return { item, start, end }
  })
  const added = spans.filter(({ start }) => start === undefined).map(({ item }) => ((item.names?.length ?? 0) > 0 ? `for ${item.text}` : item.text))
  const replaced = spans.filter(({ start }) => start !== undefined).sort((a, b) => (b.start ?? 0) - (a.start ?? 0))
  for (const { item, start, end } of replaced) text = text.slice(0, start) + item.text + text.slice(end)
  return [text, ...added].join(' ')
}

function kindOf({ time, names, terms, id }: Item): string {
  if (time) return 'time'
  if (id) return 'id'
  return names[0]?.field ?? terms[0] ?? ''
}

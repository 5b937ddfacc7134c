import { type Fragment, type Item, isNamed, isUnread } from './reading.ts'
import { impliedBy, subjectTerms } from './vocabulary.ts'

/** A part of a question that asks for one thing. `isOpen`: it has a pronoun for which the question has no name. */
export type Clause = { items: Item[]; text: string; isCommand: boolean; isOpen: boolean }

/**
 * Joins fragments to clauses: each has a subject, such as "incidents", and all that is said about it. `isOwn` knows
 * further subjects. Asides are sentences beside the clauses that are not understood.
 */
export function clausesOf(fragments: readonly Fragment[], isOwn: (term: string) => boolean) {
  const isSubject = (term: string) => subjectTerms.has(term) || isOwn(term)
  const isHead = ({ items, isCommand }: Fragment) => {
    const some = items.some(isNamed) ? 'some' : 'every'
    const names = ({ terms, id }: Item) => id || (terms.length > 0 && terms[some](isSubject))
    return isCommand || items.some(names)
  }
  const said = fragments.filter(
    ({ items, hasPronoun, isCommand }) => items.length > 0 || hasPronoun || isCommand,
  )
  const parts: Fragment[][] = []
  const asides: string[] = []
  const waiting: Fragment[] = []
  for (const [at, fragment] of said.entries()) {
    const isNear = (other: Fragment | undefined) => other?.sentence === fragment.sentence
    const last = parts.at(-1)
    const before = isNear(last?.[0]) ? last : undefined
    const next = said.slice(at + 1).filter((one) => isNear(one) && isHead(one))
    if (!isHead(fragment) && before && fits(fragment, before)) before.push(fragment)
    else if (!isHead(fragment) && next[0] && fits(fragment, next)) waiting.push(fragment)
    else if (isHead(fragment) || before || next[0]) parts.push([...waiting.splice(0), fragment])
    else if (said.some(isHead) && fragment.items.some(isUnread)) asides.push(fragment.text)
    else (last ?? waiting).push(fragment)
  }
  if (waiting.length > 0) parts.push(waiting)
  const clauses: Clause[] = []
  for (const own of parts) clauses.push(clauseOf(own, clauses.at(-1), said, isSubject))
  return { clauses, asides }
}

/** Whether a fragment without a subject goes with others: "P1" with incidents, but not with changes. */
function fits({ items }: Fragment, others: readonly Fragment[]): boolean {
  const fieldsOf = ({ names }: Item) => names.map(({ field }) => field)
  const implied = items
    .flatMap(({ terms }) => terms.map(impliedBy))
    .filter(({ length }) => length === 1)
  const kinds = others.flatMap((other) =>
    other.items.flatMap((item) => [
      ...item.terms,
      ...item.terms.flatMap(impliedBy),
      ...fieldsOf(item),
    ]),
  )
  const own = [...implied.flat(), ...items.flatMap(fieldsOf)]
  return implied.length === 0 || own.some((kind) => kinds.includes(kind))
}

/** A clause takes over names: "snowflake: health and incidents", "is it healthy", "… healthy, and any incidents?". */
function clauseOf(
  own: Fragment[],
  previous: Clause | undefined,
  all: readonly Fragment[],
  isSubject: (term: string) => boolean,
): Clause {
  const items = own.flatMap((fragment) => fragment.items)
  const sentence = own[0]?.sentence
  const topic = all.find(
    (one) => one.isTopic && one.sentence === sentence && one.items.some(isNamed),
  )
  const pronoun = own[0]?.hasPronoun ? own[0] : undefined
  const isBare = items.every(({ terms }) => terms.length > 0 && terms.every(isSubject))
  const isOther = !items.some(isNamed) && previous !== undefined && (topic ?? pronoun ?? isBare)
  const shared = isOther ? (topic?.items ?? previous.items).filter(isNamed) : []
  const isUnclear = pronoun && ![...items, ...shared].some(isNamed)
  const unclear = { text: pronoun?.text ?? '', from: -1, to: -1, terms: [], names: [] }
  const text = own.map((fragment) => fragment.text).join(', ')
  return {
    items: [
      ...items,
      ...shared.map((item) => ({ ...item, isOptional: true })),
      ...(isUnclear ? [unclear] : []),
    ],
    text: shared.length > 0 ? `${text} for ${shared.map((item) => item.text).join(' and ')}` : text,
    isCommand: own.some(({ isCommand }) => isCommand),
    isOpen: pronoun !== undefined && !items.some(isNamed),
  }
}

import { type Fragment, type Item, isUnread, type Reading } from './reading.ts'
import { impliedBy } from './vocabulary.ts'

/** A part of a question that asks for one thing, with what other parts say about it. */
export type Clause = {
  items: Item[]
  /** As a question of its own. */
  text: string
  isCommand: boolean
  /** A pronoun for which the question has no name. */
  isOpen: boolean
}

/** A question taken apart, and the sentences in it that ask for nothing readable. */
export type Parts = { clauses: Clause[]; asides: string[] }

type Draft = { fragments: Fragment[]; items: Item[]; shared: Item[]; sentence: number }

/** Joins fragments to clauses: each has a subject, such as "incidents", and all that is said about it. */
export function clausesOf({ fragments }: Reading, isSubject: (term: string) => boolean): Parts {
  const drafts: Draft[] = []
  const asides: string[] = []
  let waiting: Fragment[] = []
  const isHead = (fragment: Fragment) => hasSubject(fragment, isSubject)
  const hasHead = fragments.some(isHead)
  const begin = (own: Fragment[], sentence: number) => {
    drafts.push({ fragments: own, items: own.flatMap(({ items }) => items), shared: [], sentence })
  }
  for (const [index, fragment] of fragments.entries()) {
    const { items, sentence, hasPronoun, isCommand } = fragment
    if (items.length === 0 && !hasPronoun && !isCommand) continue
    const last = drafts.at(-1)?.sentence === sentence ? drafts.at(-1) : undefined
    const next = fragments.slice(index + 1).find((one) => one.sentence === sentence && isHead(one))
    if (isHead(fragment) || isCommand) {
      begin([...waiting, fragment], sentence)
      waiting = []
    } else if (hasHead && items.some(isUnread) && !last && !next) asides.push(fragment.text)
    else if (hasHead && belongsTo(fragment, last?.items) === false && belongsTo(fragment, next?.items) === false) {
      begin([...waiting, fragment], sentence)
      waiting = []
    } else if (last && (belongsTo(fragment, last.items) || !next)) {
      last.fragments.push(fragment)
      last.items.push(...items)
    } else if (next || drafts.length === 0) waiting.push(fragment)
    else {
      drafts.at(-1)?.fragments.push(fragment)
      drafts.at(-1)?.items.push(...items)
    }
  }
  if (waiting.length > 0) begin(waiting, 0)
  shareAmong(drafts, isSubject)
  return { clauses: drafts.map(finish), asides }
}

/** Whether a fragment without a subject is about the subject of others, as "P1" is about incidents; undefined if it does not tell. */
function belongsTo({ items }: Fragment, others: readonly Item[] = []): boolean | undefined {
  const [first] = items
  const implied = items.flatMap(({ terms }) => terms.flatMap((term) => (impliedBy(term).length === 1 ? impliedBy(term) : [])))
  if (first === undefined || implied.length === 0) return undefined
  const isSameKind = others.some((other) => other.names.some(({ field }) => first.names.some((one) => one.field === field)))
  const terms = new Set(others.flatMap((other) => [...other.terms, ...other.terms.flatMap(impliedBy)]))
  return isSameKind || implied.some((subject) => terms.has(subject))
}

function hasSubject({ items }: Fragment, isSubject: (term: string) => boolean): boolean {
  const hasName = items.some(({ names }) => names.length > 0)
  return items.some(
    ({ terms, id }) => id || (terms.length > 0 && (hasName ? terms.some(isSubject) : terms.every(isSubject))),
  )
}

/** Gives clauses what their neighbours say about them as well; what is shared is optional. */
function shareAmong(drafts: Draft[], isSubject: (term: string) => boolean): void {
  for (const [index, draft] of drafts.entries()) {
    const previous = drafts[index - 1]
    if (previous === undefined) continue
    const topic = drafts.slice(0, index).find((one) => one.sentence === draft.sentence && one.fragments.some(isNamedTopic))
    const isNamed = draft.items.some(({ names, id }) => names.length > 0 || id)
    const hasPronoun = draft.fragments.some((fragment) => fragment.hasPronoun)
    const isBare = draft.items.every(({ terms }) => terms.length > 0 && terms.every(isSubject))
    if (isJoined(previous, draft, isSubject)) {
      share(previous, draft, (item) => !item.terms.some(isSubject))
      share(draft, previous, (item) => !item.terms.some(isSubject))
    } else if (!isNamed && hasPronoun) {
      share(previous, draft, ({ names, id }) => names.length > 0 || id !== undefined)
    } else if (!isNamed && (topic || (isBare && previous.sentence === draft.sentence))) {
      share(topic ?? previous, draft, ({ names }) => names.length > 0)
    } else if (endsWithSubject(previous, isSubject) && previous.sentence === draft.sentence) {
      const head = draft.items.findIndex(({ terms }) => terms.some(isSubject))
      const trailing = draft.items.slice(head + 1)
      share(draft, previous, (item) => trailing.includes(item) && (item.names.length > 0 || item.time !== undefined))
    }
    if (!isNamed && hasPronoun && draft.shared.length === 0) {
      const pronoun = draft.fragments.find((fragment) => fragment.hasPronoun)
      draft.items.push({ text: pronoun?.text ?? '', from: -1, to: -1, terms: [], names: [] })
    }
  }
}

function isNamedTopic({ isTopic, items }: Fragment): boolean {
  return isTopic && items.some(({ names }) => names.length > 0)
}

function endsWithSubject({ items }: Draft, isSubject: (term: string) => boolean): boolean {
  const isNamed = items.some(({ names, time, id }) => names.length > 0 || time || id)
  return !isNamed && (items.at(-1)?.terms.some(isSubject) ?? false)
}

/** "changes and incidents": one subject directly behind the other. */
function isJoined(left: Draft, right: Draft, isSubject: (term: string) => boolean): boolean {
  const isOnlySubject = ({ terms, names }: Item) =>
    terms.length > 0 && terms.every((term) => isSubject(term) && term !== 'health') && names.length === 0
  const [end, start] = [left.items.at(-1), right.items[0]]
  if (left.sentence !== right.sentence || end === undefined || start === undefined) return false
  return isOnlySubject(end) && isOnlySubject(start) && start.from - end.to <= 2
}

function share(from: Draft, to: Draft, fits: (item: Item) => boolean): void {
  const known = new Set(to.items.map((item) => item.from))
  for (const item of from.items) {
    if (!fits(item) || isUnread(item) || known.has(item.from)) continue
    to.shared.push(item)
  }
}

function finish({ fragments, items, shared }: Draft): Clause {
  const own = fragments.map(({ text }) => text).join(', ')
  const names = shared.filter((item) => item.names.length > 0 || item.id)
  const others = shared.filter((item) => !names.includes(item))
  const before = others.filter(({ time }) => !time).map(({ text }) => text)
  const behind = others.filter(({ time }) => time).map(({ text }) => text)
  const about = names.length > 0 ? [`for ${names.map(({ text }) => text).join(' and ')}`] : []
  const isNamed = [...items, ...shared].some((item) => item.names.length > 0 || item.id || item.search)
  return {
    items: [...items, ...shared.map((item) => ({ ...item, optional: true }))],
    text: [...before, own, ...about, ...behind].join(' '),
    isCommand: fragments.some((fragment) => fragment.isCommand),
    isOpen: !isNamed && (fragments[0]?.hasPronoun ?? false),
  }
}

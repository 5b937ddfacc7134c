import { type Fragment, type Item, isUnread, type Reading } from './reading.ts'

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
  for (const fragment of fragments) {
    const last = drafts.at(-1)
    const { items, sentence } = fragment
    if (isHead(fragment) || fragment.isCommand) {
      const own = waiting.filter((one) => one.sentence === sentence || !one.items.some(isUnread))
      const joined = [...own, fragment]
      drafts.push({ fragments: joined, items: joined.flatMap((one) => one.items), shared: [], sentence })
      waiting = []
    } else if (items.length > 0 || fragment.hasPronoun) {
      const isAside = hasHead && items.some(isUnread) && !isInSentenceWith(fragment, fragments, isHead)
      if (isAside) asides.push(fragment.text)
      else if (last && (last.sentence === sentence || !hasLater(fragment, fragments, isHead))) {
        last.fragments.push(fragment)
        last.items.push(...items)
      } else waiting.push(fragment)
    }
  }
  if (drafts.length === 0 && waiting.length > 0) {
    const items = waiting.flatMap((one) => one.items)
    drafts.push({ fragments: waiting, items, shared: [], sentence: 0 })
  }
  shareAmong(drafts, isSubject)
  return { clauses: drafts.map(finish), asides }
}

function hasSubject({ items }: Fragment, isSubject: (term: string) => boolean): boolean {
  const hasName = items.some(({ names }) => names.length > 0)
  return items.some(
    ({ terms, id }) => id || (terms.length > 0 && (hasName ? terms.some(isSubject) : terms.every(isSubject))),
  )
}

function isInSentenceWith(one: Fragment, all: Fragment[], isHead: (one: Fragment) => boolean) {
  return all.some((other) => other.sentence === one.sentence && isHead(other))
}

function hasLater(one: Fragment, all: Fragment[], isHead: (one: Fragment) => boolean): boolean {
  return all.slice(all.indexOf(one)).some((other) => other.sentence === one.sentence && isHead(other))
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
    }
  }
}

function isNamedTopic({ isTopic, items }: Fragment): boolean {
  return isTopic && items.some(({ names }) => names.length > 0)
}

/** "changes and incidents": one subject directly behind the other. */
function isJoined(left: Draft, right: Draft, isSubject: (term: string) => boolean): boolean {
  const isOnlySubject = ({ terms, names }: Item) => terms.length > 0 && terms.every(isSubject) && names.length === 0
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
    isOpen: !isNamed && fragments.some((fragment) => fragment.hasPronoun),
  }
}

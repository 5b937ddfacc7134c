import { type Fragment, type Item, isUnread } from './reading.ts'
import { impliedBy, subjectTerms } from './vocabulary.ts'

/** A part of a question that asks for one thing. `isOpen`: it has a pronoun for which the question has no name. */
export type Clause = { items: Item[]; text: string; isCommand: boolean; isOpen: boolean }

type Draft = { fragments: Fragment[]; items: Item[]; shared: Item[]; sentence: number }

const isNamed = ({ names, id }: Item) => names.length > 0 || id !== undefined

/**
 * Joins fragments to clauses: each has a subject, such as "incidents", and all that is said about it. Asides are the
 * sentences beside them that are not understood. `isOwn` knows further subjects.
 */
export function clausesOf(
  fragments: readonly Fragment[],
  isOwn: (term: string) => boolean,
): { clauses: Clause[]; asides: string[] } {
  const isSubject = (term: string) => subjectTerms.has(term) || isOwn(term)
  const isHead = ({ items, isCommand }: Fragment) => {
    const some = items.some(isNamed) ? 'some' : 'every'
    return (
      isCommand || items.some(({ terms, id }) => id || (terms.length > 0 && terms[some](isSubject)))
    )
  }
  const drafts: Draft[] = []
  const asides: string[] = []
  let waiting: Fragment[] = []
  const begin = (last: Fragment) => {
    const own = [...waiting, last]
    const items = own.flatMap((one) => one.items)
    drafts.push({ fragments: own, items, shared: [], sentence: last.sentence })
    waiting = []
  }
  const heads = fragments.filter(isHead)
  for (const fragment of fragments) {
    const { items, sentence, hasPronoun } = fragment
    if (items.length === 0 && !hasPronoun && !fragment.isCommand) continue
    const before = drafts.findLast((draft) => draft.sentence === sentence)
    const next = heads.find(
      (head) => head.sentence === sentence && fragments.indexOf(head) > fragments.indexOf(fragment),
    )
    const fits = [before, next].map((other) => other && fitsTo(fragment, other.items))
    if (heads.includes(fragment)) begin(fragment)
    else if (heads.length > 0 && !before && !next && items.some(isUnread))
      asides.push(fragment.text)
    else if (
      heads.length > 0 &&
      (before || next) &&
      !fits.some((fit) => fit !== false && fit !== undefined)
    )
      begin(fragment)
    else if (before && (fits[0] !== false || !next)) add(before, fragment)
    else if (next || drafts.length === 0) waiting.push(fragment)
    else add(drafts.at(-1), fragment)
  }
  const [last] = waiting.splice(-1)
  if (last) begin(last)
  drafts.forEach((draft, index) => {
    shareWith(draft, drafts.slice(0, index), isSubject)
  })
  return { clauses: drafts.map(finish), asides }
}

function add(draft: Draft | undefined, fragment: Fragment): void {
  draft?.fragments.push(fragment)
  draft?.items.push(...fragment.items)
}

/** Whether a fragment without a subject goes with others: "P1" with incidents, but not with changes. */
function fitsTo({ items: [first, ...rest] }: Fragment, others: readonly Item[]): boolean {
  const implied = [...(first?.terms ?? []), ...rest.flatMap(({ terms }) => terms)]
    .map(impliedBy)
    .filter(({ length }) => length === 1)
  const fields = others.flatMap(({ names }) => names.map(({ field }) => field))
  const terms = new Set(
    others.flatMap((other) => [...other.terms, ...other.terms.flatMap(impliedBy)]),
  )
  const isAlike = first?.names.some(({ field }) => fields.includes(field)) ?? false
  return isAlike || implied.length === 0 || implied.some(([subject = '']) => terms.has(subject))
}

/** Gives a clause what the clauses before it say about it as well. */
function shareWith(
  draft: Draft,
  earlier: readonly Draft[],
  isSubject: (term: string) => boolean,
): void {
  const previous = earlier.at(-1)
  if (previous === undefined) return
  const isNoun = ({ terms, names }: Item) =>
    names.length === 0 &&
    terms.length > 0 &&
    terms.every((term) => isSubject(term) && term !== 'health')
  const isSame = previous.sentence === draft.sentence
  const pronoun = draft.fragments.find(({ hasPronoun }) => hasPronoun)
  const topic = earlier.find(
    ({ fragments, sentence }) =>
      sentence === draft.sentence &&
      fragments.some(({ isTopic, items }) => isTopic && items.some(isNamed)),
  )
  const isBare =
    isSame && draft.items.every(({ terms }) => terms.length > 0 && terms.every(isSubject))
  const head = draft.items.findIndex(isNoun)
  const end = previous.items.at(-1)
  if (isSame && end && isNoun(end) && head >= 0) {
    // "open changes and incidents of this week": one noun directly behind the other shares everything.
    const isJoined = head === 0 && (draft.items[0]?.from ?? 0) - end.to <= 2
    if (isJoined) share(previous.items, draft, (item) => !item.terms.some(isSubject))
    share(
      draft.items.slice(head + 1),
      previous,
      (item) => isJoined || isNamed(item) || item.time !== undefined,
    )
  } else if (!draft.items.some(isNamed) && (pronoun || topic || isBare)) {
    share((topic ?? previous).items, draft, isNamed)
  }
  if (pronoun && ![...draft.items, ...draft.shared].some(isNamed)) {
    draft.items.push({ text: pronoun.text, from: -1, to: -1, terms: [], names: [] })
  }
}

function share(items: readonly Item[], to: Draft, fits: (item: Item) => boolean): void {
  to.shared.push(
    ...items.filter((item) => fits(item) && !isUnread(item) && !to.items.includes(item)),
  )
}

/** Writes the clause as a question of its own: what is shared, then its words, then names and times that are shared. */
function finish({ fragments, items, shared }: Draft): Clause {
  const texts = (fits: (item: Item) => boolean) => shared.filter(fits).map(({ text }) => text)
  const about = texts(isNamed)
  const text = [
    ...texts((item) => !isNamed(item) && !item.time),
    fragments.map((fragment) => fragment.text).join(', '),
    ...(about.length > 0 ? [`for ${about.join(' and ')}`] : []),
    ...texts(({ time }) => time !== undefined),
  ].join(' ')
  const all = [...items, ...shared.map((item) => ({ ...item, isOptional: true }))]
  const isOpen =
    (fragments[0]?.hasPronoun ?? false) && !all.some((item) => isNamed(item) || item.search)
  return { items: all, text, isCommand: fragments.some(({ isCommand }) => isCommand), isOpen }
}

/** One word or mark of a text: as written, and lower-cased with typing errors corrected. */
export type Token = { raw: string; word: string; start: number; end: number }

const tokenPattern =
  /\d{4}-\d{2}-\d{2}(?:[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?[Zz]?)?|\d{1,2}:\d{2}|\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?(?!\d)|[\p{L}\p{N}_]+(?:[-'’][\p{L}\p{N}_]+)*|[?!.;,:&+\n()]/gu

/** Words that carry an "is" behind an apostrophe; behind any other word the 's is a possessive. */
const takesIs = new Set(
  'what who how where when why there it that this here everything anything something whats hows'.split(
    ' ',
  ),
)

const spokenForms: Record<string, string[]> = {
  whats: ['what', 'is'],
  hows: ['how', 'is'],
  whos: ['who', 'is'],
  wheres: ['where', 'is'],
  theres: ['there', 'is'],
  isnt: ['is', 'not'],
  arent: ['are', 'not'],
  cannot: ['can', 'not'],
  cant: ['can', 'not'],
  dont: ['do', 'not'],
  doesnt: ['does', 'not'],
  didnt: ['did', 'not'],
  wont: ['will', 'not'],
  pls: ['please'],
  plz: ['please'],
  thx: ['thanks'],
  u: ['you'],
  yday: ['yesterday'],
  tommorow: ['tomorrow'],
  tmrw: ['tomorrow'],
  tmr: ['tomorrow'],
  wknd: ['weekend'],
  hrs: ['hours'],
  teh: ['the'],
  hte: ['the'],
  adn: ['and'],
  mins: ['minutes'],
}

/**
 * Cuts a text into words and marks. Contractions become their words, a hyphenated word becomes its parts when
 * `isKnown` knows them all ("high-risk"), and stays whole when it is a name ("customer-orders-daily").
 */
export function tokenize(text: string, isKnown: (word: string) => boolean): Token[] {
  const tokens = [...text.matchAll(tokenPattern)].flatMap((match) => {
    const raw = match[0]
    return wordsOf(raw.toLowerCase().replaceAll('’', "'"), isKnown).map((word, index, all) => ({
      raw: all.length === 1 ? raw : word,
      word,
      start: index === 0 ? match.index : match.index + raw.length,
      end: match.index + raw.length,
    }))
  })
  return tokens.map((token, index) =>
    token.word === 'hr' && beforeHour.test(tokens[index - 1]?.word ?? '')
      ? { ...token, word: 'hour' }
      : token,
  )
}

/** Behind anything else "hr" is a department. */
const beforeHour = /^(?:\d+|an|last|past|per|next|each|every|this)$/

function wordsOf(word: string, isKnown: (word: string) => boolean): string[] {
  const spoken = Object.hasOwn(spokenForms, word) ? spokenForms[word] : undefined
  if (spoken !== undefined) return spoken
  const [base = word, ending] = splitOnce(word, "'")
  if (ending !== undefined) {
    if (ending === 't' && Object.hasOwn(negated, base)) return [negated[base] ?? base, 'not']
    if (base.endsWith('n') && ending === 't') return [base.slice(0, -1), 'not']
    if (ending === 's' && takesIs.has(base)) return [base, 'is']
    if (ending === 's') return wordsOf(base, isKnown)
    return [base, ending]
  }
  if (word.includes('-') && !/^\d{4}-/.test(word)) {
    const parts = word.split('-')
    const known = parts.every((part) => isKnown(part) || /^\d+$/.test(part))
    if (known && !/^run-/.test(word)) return parts
  }
  const count = /^(\d+)(h|d|w|hours?|days?|weeks?|min|hrs)$/.exec(word)
  if (count) return [count[1] ?? '', unitNames[count[2] ?? ''] ?? count[2] ?? '']
  return [word]
}

/** Words that do not end in the verb when "n't" is taken away. */
const negated: Record<string, string> = { can: 'can', won: 'will', shan: 'shall' }

const unitNames: Record<string, string> = { h: 'hours', d: 'days', w: 'weeks', hrs: 'hours' }

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** How many letters must be typed differently: insertions, deletions, substitutions and swaps of neighbours. */
export function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      let best = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      )
      const swapped =
        left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1] && column > 1
      if (swapped && row > 1) best = Math.min(best, (beforePrevious[column - 2] ?? 0) + 1)
      current.push(best)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length] ?? 0
}

/** Whether two words are one, give or take a typing error: one in five letters and more, two in nine and more. */
export function isSameWord(typed: string, meant: string): boolean {
  if (typed === meant) return true
  if (typed.length < 5 || meant.length < 5 || /\d/.test(typed)) return false
  if (Math.abs(typed.length - meant.length) > 2) return false
  const allowed = typed.length >= 9 && meant.length >= 9 && typed[0] === meant[0] ? 2 : 1
  return editDistance(typed, meant) <= allowed
}

/** Whether every word of `wanted` occurs in `text`, in full, as the beginning of a word, or mistyped. */
export function mentions(text: string, wanted: string): boolean {
  const present = plainWords(text)
  return plainWords(wanted).every((word) =>
    present.some(
      (other) =>
        isSameWord(word, other) ||
        (word === 'ops' && other === 'operations') ||
        (word.length >= 3 && other.startsWith(word)) ||
        (other.length >= 4 && word === `${other}s`),
    ),
  )
}

/** The words of a text in lower case, without marks. */
export function plainWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Finds the word of a vocabulary that was meant, for a word that is not in it. */
export type Spelling = (typed: string) => string | undefined

/**
 * Makes a spelling over a vocabulary. Words are filed under what is left of them without a letter or two, so that
 * a long text costs a few look-ups per word and not a comparison with every word there is.
 */
export function createSpelling(vocabulary: Iterable<string>): Spelling {
  const filed = new Map<string, string[]>()
  for (const word of vocabulary) {
    if (word.length < shortest) continue
    for (const rest of restsOf(word)) filed.set(rest, [...(filed.get(rest) ?? []), word])
  }
  return function correct(typed) {
    if (typed.length < shortest || typed.length > longest) return undefined
    for (const rest of restsOf(typed)) {
      const meant = filed
        .get(rest)
        ?.find((word) => beginsAlike(typed, word) && isSameWord(typed, word))
      if (meant !== undefined) return meant
    }
    return undefined
  }
}

/** Nobody mistypes the first letter but by swapping it: "mails" are no "fails". */
function beginsAlike(typed: string, meant: string): boolean {
  return typed[0] === meant[0] || (typed[0] === meant[1] && typed[1] === meant[0])
}

const shortest = 5
const longest = 24
/** From this length on two errors are forgiven. */
const long = 9

function restsOf(word: string): Set<string> {
  const once = [word, ...withoutOne(word)]
  return new Set(word.length < long ? once : once.flatMap((rest) => [rest, ...withoutOne(rest)]))
}

function withoutOne(word: string): string[] {
  return Array.from({ length: word.length }, (_, at) => word.slice(0, at) + word.slice(at + 1))
}

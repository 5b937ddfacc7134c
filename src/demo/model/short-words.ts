/**
 * The everyday word that was meant by one of three to five letters with two letters swapped, one too many, or one
 * missing. Another letter in place of one is no typing error here: too many short words differ by that.
 */
export function correctShort(typed: string): string | undefined {
  const meant = mistyped.get(typed)
  if (meant !== undefined || typed.length !== 5) return meant
  const rests = Array.from({ length: 4 }, (_, at) => typed.slice(0, at + 1) + typed.slice(at + 2))
  return rests.find((rest) => everyday.has(rest))
}

const everyday = new Set(
  'show list open high risk week last next what when which give tell find have from that this there down slow jobs runs load loads team azure being with where after since today hold vault month opened'.split(
    ' ',
  ),
)

/** Words of their own that look like an error. */
const meantSo = new Set([
  'form',
  'hist',
  'thee',
  'hown',
  'his',
  'net',
  'wee',
  'tis',
  'sow',
  'hat',
  'wat',
])

/** Of these a letter may be missing as well, although three letters are left. */
const tolerant = new Set(['show', 'open', 'high', 'risk', 'week', 'next', 'this', 'what'])

const mistyped = new Map(
  [...everyday].flatMap((word) =>
    [...swapped(word), ...(word.length >= 5 || tolerant.has(word) ? shortened(word) : [])]
      .filter((typed) => !meantSo.has(typed) && !everyday.has(typed))
      .map((typed): [string, string] => [typed, word]),
  ),
)

function swapped(word: string): string[] {
  return Array.from(
    { length: word.length - 1 },
    (_, at) => word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2),
  )
}

/** Nobody leaves out the first letter. */
function shortened(word: string): string[] {
  return Array.from(
    { length: word.length - 1 },
    (_, at) => word.slice(0, at + 1) + word.slice(at + 2),
  )
}

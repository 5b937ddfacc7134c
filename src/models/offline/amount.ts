const spoken: Record<string, number> = {
  a: 1,
  an: 1,
  one: 1,
  'a couple of': 2,
  'couple of': 2,
  two: 2,
  'a few': 3,
  few: 3,
  three: 3,
  several: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fourteen: 14,
  twenty: 20,
  'twenty four': 24,
  thirty: 30,
}

/** A regular expression, as text, for an amount in digits or in words; it captures the amount. */
export const amountPattern = `(\\d{1,3}|${Object.keys(spoken)
  .sort((left, right) => right.length - left.length)
  .join('|')})`

/** The number behind an amount in digits or in words; 1 for what is neither. */
export function amountOf(text: string | undefined): number {
  if (text === undefined) return 1
  return /^\d+$/.test(text) ? Number(text) : (spoken[text] ?? 1)
}

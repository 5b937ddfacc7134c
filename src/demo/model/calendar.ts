/** A span of time in ms since 1970; `to` is the first moment after it. An open end is left out. */
export type Span = { from?: number; to?: number }
type Whole = Required<Span>

/** Where a weekday, or a date without its year, is looked for: behind us or ahead. */
export type Lean = 'past' | 'future'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export const weekdays = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ')
export const months =
  'january february march april may june july august september october november december'.split(' ')

/** The day that lies `offset` days from the day of `at`, in UTC. */
export function day(at: number, offset: number): Whole {
  const from = Math.floor(at / dayMs) * dayMs + offset * dayMs
  return { from, to: from + dayMs }
}

/** The hours of a day from `first` up to `last`, which may lie in the next one. */
export function hours(at: number, offset: number, first: number, last: number): Whole {
  const { from } = day(at, offset)
  return { from: from + first * hourMs, to: from + last * hourMs }
}

const dayParts: Record<string, [number, number]> = {
  morning: [0, 12],
  afternoon: [12, 18],
  evening: [18, 24],
  night: [18, 30],
}

/** A part of a day ("evening"), or the whole day. */
export function partOfDay(at: number, offset: number, part: string | undefined): Whole {
  const [first, last] = dayParts[part ?? ''] ?? [0, 24]
  return hours(at, offset, first, last)
}

/** One moment of a day that is named in words. */
export function clockTime(now: number, name = '', hour = '', minute = '0', half = ''): Whole {
  const offset = name === 'yesterday' ? -1 : name === 'tomorrow' ? 1 : 0
  const ofDay = half === '' ? Number(hour) : (Number(hour) % 12) + (half === 'pm' ? 12 : 0)
  const from = day(now, offset).from + ofDay * 3_600_000 + Number(minute) * 60_000
  return { from, to: from + 1 }
}

/** Which day of the week it is, 0 for Monday. */
export function weekdayOf(at: number): number {
  return (new Date(at).getUTCDay() + 6) % 7
}

/** The week from Monday to Sunday that lies `offset` weeks from the one of `at`. */
export function week(at: number, offset: number): Whole {
  const { from } = day(at, offset * 7 - weekdayOf(at))
  return { from, to: from + 7 * dayMs }
}

/** Saturday and Sunday of the week that lies `offset` weeks from the one of `at`. */
export function weekend(at: number, offset: number): Whole {
  const { to } = week(at, offset)
  return { from: to - 2 * dayMs, to }
}

/** `count` whole months, beginning `offset` months from the month of `at`. */
export function monthSpan(at: number, offset: number, count = 1): Whole {
  const date = new Date(at)
  const first = date.getUTCMonth() + offset
  return {
    from: Date.UTC(date.getUTCFullYear(), first, 1),
    to: Date.UTC(date.getUTCFullYear(), first + count, 1),
  }
}

/** The quarter that lies `offset` quarters from the one of `at`. */
export function quarter(at: number, offset: number): Whole {
  return monthSpan(at, offset * 3 - (new Date(at).getUTCMonth() % 3), 3)
}

/** The year that lies `offset` years from the one of `at`. */
export function year(at: number, offset: number): Whole {
  const of = new Date(at).getUTCFullYear() + offset
  return { from: Date.UTC(of, 0, 1), to: Date.UTC(of + 1, 0, 1) }
}

/** A number of units up to `at`, or from it on. Months keep the day of the month where the calendar has it. */
export function rolling(
  at: number,
  amount: string | undefined,
  unit: string | undefined,
  direction: -1 | 1,
): Whole {
  const other = shift(at, amountOf(amount) * direction, unit ?? 'day')
  return direction < 0 ? { from: other, to: at } : { from: at, to: other }
}

const unitMs: Record<string, number> = {
  minute: 60_000,
  hour: hourMs,
  day: dayMs,
  night: dayMs,
  week: 7 * dayMs,
}

function shift(at: number, count: number, unit: string): number {
  const fixed = unitMs[unit]
  if (fixed !== undefined) return at + count * fixed
  const monthsAway = unit === 'year' ? count * 12 : count
  const { from, to } = monthSpan(at, monthsAway)
  const intoMonth = at - monthSpan(at, 0).from
  return Math.min(from + intoMonth, to - dayMs + (at % dayMs))
}

/** One date (`month` from 0), or nothing when the calendar does not have it, like 30 February. */
export function date(ofYear: number, month: number, ofMonth: number): Whole | undefined {
  const from = Date.UTC(ofYear, month, ofMonth)
  const made = new Date(from)
  if (made.getUTCMonth() !== month || made.getUTCDate() !== ofMonth) return undefined
  return { from, to: from + dayMs }
}

/**
 * The date without its year that is nearest in the direction one looks; today counts for both. One that has just
 * been is meant also by who looks ahead: in November, "changes on 10 October" are last month's.
 */
export function nearestDate(
  month: number,
  ofMonth: number,
  now: number,
  lean: Lean,
): Whole | undefined {
  const thisYear = new Date(now).getUTCFullYear()
  const years = [0, 1, 2, 3, 4].map((away) => (lean === 'past' ? thisYear - away : thisYear + away))
  const today = day(now, 0).from
  const found = years
    .map((of) => date(of, month, ofMonth))
    .find((one) => one && (lean === 'past' ? one.from <= today : one.from >= today))
  if (lean === 'past' || found === undefined) return found
  const before = nearestDate(month, ofMonth, now, 'past')
  return before && today - before.from < found.from - today ? before : found
}

/** The month without its year that is nearest in the direction one looks, as for a date. */
export function nearestMonth(month: number, now: number, lean: Lean): Whole {
  const away = month - new Date(now).getUTCMonth()
  if (lean === 'past') return monthSpan(now, away > 0 ? away - 12 : away)
  return monthSpan(now, away < -5 ? away + 12 : away > 6 ? away - 12 : away)
}

/** The number of a month, from 0, by its name or the first letters of it. */
export function monthOf(name: string | undefined): number {
  return months.findIndex((full) => full.startsWith((name ?? '?').slice(0, 3)))
}

/** -1 for words like "last", 1 for words like "next", 0 for "this". */
export function offsetOf(word: string | undefined): -1 | 0 | 1 {
  if (['last', 'previous', 'past', 'prior'].includes(word ?? '')) return -1
  return ['next', 'coming', 'following', 'upcoming'].includes(word ?? '') ? 1 : 0
}

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

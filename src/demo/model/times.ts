import type { Token } from './vocabulary.ts'

/** A span of time in ms since 1970; a missing end is open. */
export type Span = { from?: number; to?: number }

/** Words that name a time, as past events and as plans mean it. A span that makes no sense ends before it begins. */
export type TimeWords = { at: number; end: number; past: Span; planned: Span }

/** A span and the number of words that name it. `isClock`: a time of day without a day. */
type Moment = { span: Closed; length: number; isClock?: boolean }
type Closed = Required<Span>
type Found = { span: Span; length: number }
type Clock = { now: number; today: number; planned: boolean }
type Reader = (clock: Clock, ...groups: (string | undefined)[]) => Closed

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const unitMs: Record<string, number> = { m: 60_000, h: hourMs, d: dayMs, w: 7 * dayMs }
const weekdays = 'sun mon tue wed thu fri sat'.split(' ')
const counts = 'zero one two three four five six seven eight nine ten'.split(' ')
/** First and last hour of a part of a day. A night ends at 9 on the next day. */
const hours = new Map(
  Object.entries({ morning: [0, 12], afternoon: [12, 18], evening: [18, 24], night: [18, 33] }),
)
const count = `(\\d{1,4}|an?|few|couple|${counts.join('|')})(?: of)?`
const unit = '(m(?:in(?:ute)?)?|h(?:r|our)?|d(?:ay)?|w(?:eek)?)s?'
const part = '(morning|afternoon|evening|night)'

const rule = (pattern: string) => new RegExp(`^(?:${pattern})(?= |$)`)
const startOf = (at: number) => Math.floor(at / dayMs) * dayMs
const spanOf = (from: number, days: number) => ({ from, to: from + days * dayMs - 1 })
const isAhead = (step: string) => /^(?:next|coming|in|within)$/.test(step)
const monthAt = (at: number, move: number) =>
  Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth() + move)
const daysTo = (word = '') => ({ yesterday: -1, tomorrow: 1 })[word] ?? 0

function hoursOf(start: number, name = ''): Closed {
  const [first = 0, last = 24] = hours.get(name) ?? []
  return { from: start + first * hourMs, to: start + last * hourMs - 1 }
}

/** "last 24 hours", "next few days", "past week": from now, back or ahead. */
const lengthOf: Reader = ({ now }, step = '', said = 'a', unit = '') => {
  const number = { a: 1, an: 1, couple: 2, few: 3 }[said] ?? counts.indexOf(said)
  const size = (/^\d/.test(said) ? Number(said) : number) * (unitMs[unit.charAt(0)] ?? 0)
  return isAhead(step) ? { from: now, to: now + size } : { from: now - size, to: now }
}

const calendar: Reader = ({ today, planned }, step = '', name = '') => {
  const move = /last|previous/.test(step) ? -1 : isAhead(step) ? 1 : 0
  const fromMonday = (new Date(today).getUTCDay() + 6) % 7
  const monday = today + (move * 7 - fromMonday) * dayMs
  if (name === 'week') return spanOf(monday, 7)
  if (name === 'month') return { from: monthAt(today, move), to: monthAt(today, move + 1) - 1 }
  // From Monday to Friday the next weekend is this one, and for past events "the weekend" was the last one.
  const isBack = fromMonday < 5 && (move === 1 || (move === 0 && !planned))
  return spanOf(monday + (isBack ? -2 : 5) * dayMs, 2)
}

/** The weekday nearest to today in the direction; "last" and "next" leave out today. */
const weekdayOf: Reader = ({ today, planned }, step = 'this', name = '') => {
  const away = (weekdays.indexOf(name.slice(0, 3)) - new Date(today).getUTCDay() + 7) % 7
  const skipped = step === 'this' ? 0 : 7
  const isNext = skipped > 0 ? isAhead(step) : planned
  return spanOf(today + (isNext ? away || skipped : (away || 7 - skipped) - 7) * dayMs, 1)
}

/** A day of the calendar, or not a number: there is no 30th of February. */
function dayOf(year = 0, month = 0, day = 0): Closed {
  const from = Date.UTC(year, month - 1, day)
  return spanOf(new Date(from).getUTCDate() === day ? from : Number.NaN, 1)
}

/** Times without a preposition. The groups of a pattern are the arguments of its reader. */
const patterns: [string, Reader][] = [
  ['(today|yesterday|tomorrow)', ({ today }, word) => spanOf(today + daysTo(word) * dayMs, 1)],
  [
    '(?:(this|last|next) )?(sun|mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?)(?:day)?',
    weekdayOf,
  ],
  ['(\\d{4})-(\\d\\d)-(\\d\\d)', (_, ...ymd) => dayOf(...ymd.map(Number))],
  // Until 6 in the morning, "tonight" is the night that began yesterday.
  ['tonight', ({ now }) => hoursOf(startOf(now - 6 * hourMs), 'night')],
  ['(?:last |over)night', ({ today }) => hoursOf(today - dayMs, 'night')],
  [`this ${part}`, ({ today }, name) => hoursOf(today, name)],
  ['(this|current|last|previous|next|coming) (week|weekend|month)', calendar],
  ['()(weekend)', calendar],
  [`(last|past|previous|next|coming|in|within)(?: next)?(?: ${count})? ?${unit}`, lengthOf],
]
const rules = patterns.map(([pattern, read]): [RegExp, Reader] => [rule(pattern), read])
const dayPart = rule(part)
const point = rule(
  '(?:at )?(?:(\\d{1,2}) ?([ap]m)|(\\d{1,2}):(\\d\\d))(?: utc)?(?: (today|yesterday|tomorrow))?',
)
const prepositions = /^(?:on|in|at|during|over|for|within|since|after|before|until|by)$/

/** Finds the times in a text, first to last. All times are UTC. */
export function findTimes(tokens: readonly Token[], now: number): TimeWords[] {
  const places = tokens.flatMap(({ word }, at) => (word === 'the' ? [] : [at]))
  const words = places.map((at) => tokens[at]?.word ?? '')
  const clock = { now, today: startOf(now), planned: false }
  const found: TimeWords[] = []
  for (let at = 0; at < words.length; at++) {
    const window = words.slice(at, at + 12)
    const past = readTime(window, clock)
    const planned = readTime(window, { ...clock, planned: true })
    if (!past || !planned) continue
    const end = (places[at + past.length - 1] ?? at) + 1
    found.push({ at: places[at] ?? at, end, past: past.span, planned: planned.span })
    at += past.length - 1
  }
  return found
}

/** A time with its preposition: "since monday", "between 2 and 4pm". A time of day alone is an hour. */
function readTime(words: readonly string[], clock: Clock): Found | undefined {
  const [first = ''] = words
  if (first === 'between' || first === 'from') return readPair(words, clock)
  const plain = readMoment(words, clock)
  const inner = { ...clock, planned: clock.planned && first !== 'since' }
  const moment = plain ?? (prepositions.test(first) ? readMoment(words.slice(1), inner) : undefined)
  if (moment === undefined) return undefined
  const from = startIn(moment, inner)
  const isPoint = moment.span.from === moment.span.to
  const to = isPoint ? from : moment.span.to
  const spans: Record<string, Span> = {
    since: { from: from > clock.now ? Number.NaN : from },
    after: { from: isPoint ? from : to + 1 },
    before: { to: from - 1 },
    until: { to },
    by: { to },
  }
  const span = spans[first] ?? { from, to: isPoint ? from + hourMs - 1 : to }
  return { span, length: moment.length + (plain ? 0 : 1) }
}

/** The start of a moment. A time of day that is still to come today means yesterday, unless it is planned. */
const startIn = ({ span: { from }, isClock }: Moment, clock: Clock) =>
  isClock && !clock.planned && from > clock.now ? from - dayMs : from

/** "between X and Y", "from X to Y". A time of day takes the day, and the half of the day, of the other one. */
function readPair(words: readonly string[], clock: Clock): Moment | undefined {
  const joint = words.findIndex((word) => /^(?:and|to|until)$/.test(word))
  const left = words.slice(1, joint)
  const rest = words.slice(joint + 1)
  const half = /^\d{1,2} ?([ap]m)/.exec(rest.join(' '))?.[1] ?? ':00'
  const first = readMoment(left, clock) ?? readMoment([left[0] + half], clock)
  const second = readMoment(rest, clock) ?? readMoment([`${rest[0]}:00`], clock)
  if (joint < 2 || !first || !second || first.length < left.length) return undefined
  const from = startIn(first, clock)
  const end = second.isClock ? startOf(from) + (second.span.to % dayMs) : second.span.to
  // An evening may go on into the next morning.
  const isOvernight = end < from && from % dayMs >= 17 * hourMs && end % dayMs <= 12 * hourMs
  const to = second.isClock && isOvernight ? end + dayMs : end
  return { span: { from, to }, length: joint + 1 + second.length }
}

/** A time without a preposition: "last 24 hours", "monday evening", "yesterday at 18:00", "2pm". */
function readMoment(words: readonly string[], clock: Clock): Moment | undefined {
  const text = words.join(' ')
  for (const [pattern, read] of rules) {
    const match = pattern.exec(text)
    if (match === null) continue
    const span = read(clock, ...match.slice(1))
    const length = match[0].split(' ').length
    if (span.to - span.from !== dayMs - 1) return { span, length }
    const rest = text.slice(match[0].length + 1)
    const [name] = dayPart.exec(rest) ?? []
    if (name) return { span: hoursOf(span.from, name), length: length + 1 }
    const inner = readPoint(rest, span.from)
    return inner ? { span: inner.span, length: length + inner.length } : { span, length }
  }
  return readPoint(text, clock.today)
}

/** A time of day, on the day that begins at `start` or that the words name. */
function readPoint(text: string, start: number): Moment | undefined {
  const [found, short, half, hour = short, minute = '0', day] = point.exec(text) ?? []
  if (found === undefined) return undefined
  const at = half ? (Number(hour) % 12) + (half === 'pm' ? 12 : 0) : Number(hour)
  const isValid = Number(hour) <= (half ? 12 : 24) && Number(minute) < 60
  const time = isValid ? at * hourMs + Number(minute) * 60_000 : Number.NaN
  const from = start + daysTo(day) * dayMs + time
  return { span: { from, to: from }, length: found.split(' ').length, isClock: day === undefined }
}

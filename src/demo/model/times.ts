import type { Token } from './vocabulary.ts'

/** A span of time in ms since 1970; a missing end is open. */
export type Span = { from?: number; to?: number }

/** Words that name a time, as past events and as plans mean it. A missing span makes no sense. */
export type TimeWords = { at: number; end: number; past?: Span; planned?: Span }

type Moment = { span: Span; length: number }
type Clock = { now: number; today: number; planned: boolean }
type Reader = (clock: Clock, ...groups: (string | undefined)[]) => Span

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const unitMs: Record<string, number> = { m: 60_000, h: hourMs, d: dayMs, w: 7 * dayMs }
const weekdays = 'sun mon tue wed thu fri sat'.split(' ')
const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const counts = 'zero one two three four five six seven eight nine ten'.split(' ')
const part = '(morning|afternoon|evening|night)'
const weekday = '(sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat)(?:days?)?'
const month =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)'
const count = `(\\d{1,4}|an?|${counts.join('|')}|few|several|couple of|couple)`
const unit = '(m|h|d|w)(?:in|inute|rs?|our|ay|eek)?s?'
const date = '(\\d{1,2})(?:st|nd|rd|th)?'

const rule = (pattern: string) => new RegExp(`^(?:${pattern})(?= |$)`)
const startOf = (at: number) => Math.floor(at / dayMs) * dayMs
const spanOf = (from: number, days: number): Span => ({ from, to: from + days * dayMs - 1 })
const isAhead = (step: string) => /^(?:next|coming|in|within)$/.test(step)
const daysTo = (word = '') => ({ yesterday: -1, tomorrow: 1, before: -2, after: 2 })[word] ?? 0
const isPoint = ({ from, to }: Span) => from === to
const isSensible = ({ from = 0, to = from }: Span) => from <= to

/** A part of a day. A night ends at 9 on the next day. */
function hoursOf(start: number, name: string): Span {
  const hour = { morning: 0, afternoon: 12 }[name] ?? 18
  const length = { night: 15, evening: 6, afternoon: 6 }[name] ?? 12
  return { from: start + hour * hourMs, to: start + (hour + length) * hourMs - 1 }
}

/** "last 24 hours", "next few days", "past week": from now, back or ahead. */
const lengthOf: Reader = ({ now }, step = 'last', n = '', name = '') => {
  const vague = { '': name.endsWith('s') ? 3 : 1, a: 1, an: 1, few: 3, several: 3 }[n]
  const number = /^\d/.test(n) ? Number(n) : n.startsWith('couple') ? 2 : counts.indexOf(n)
  const size = (vague ?? number) * (unitMs[name.charAt(0)] ?? 0)
  return isAhead(step) ? { from: now, to: now + size } : { from: now - size, to: now }
}

const back: (...length: Parameters<Reader>) => number = (clock, n, name) =>
  lengthOf(clock, 'last', n, name).from ?? 0

const calendar: Reader = ({ today, planned }, step = '', name = '') => {
  const move = /last|previous/.test(step) ? -1 : isAhead(step) ? 1 : 0
  const at = new Date(today)
  const first = (shift: number) => Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + shift)
  if (name === 'month') return { from: first(move), to: first(move + 1) - 1 }
  const fromMonday = (at.getUTCDay() + 6) % 7
  const monday = today + (move * 7 - fromMonday) * dayMs
  if (name === 'week') return spanOf(monday, 7)
  // From Monday to Friday the next weekend is this one, and for past events "the weekend" was the last one.
  const isBack = fromMonday < 5 && (move === 1 || (move === 0 && !planned))
  return spanOf(monday + (isBack ? -2 : 5) * dayMs, 2)
}

const partOf: Reader = ({ now, today, planned }, step, name = '') => {
  const isLate = (hoursOf(today, name).from ?? 0) > now || (name === 'night' && step !== 'next')
  const isBack = step === 'last' || (!planned && isLate)
  return hoursOf(today + (step === 'next' ? dayMs : isBack ? -dayMs : 0), name)
}

/** The weekday nearest to today in the direction; "last" and "next" leave out today. */
const weekdayOf: Reader = ({ today, planned }, step = 'this', name = '') => {
  const away = (weekdays.indexOf(name.slice(0, 3)) - new Date(today).getUTCDay() + 7) % 7
  const skipped = step === 'this' ? 0 : 7
  const isNext = skipped > 0 ? isAhead(step) : planned
  return spanOf(today + (isNext ? away || skipped : (away || 7 - skipped) - 7) * dayMs, 1)
}

/** A month, or a day of it: the last one of that name, for plans the nearest one. */
const dateOf: Reader = ({ now, planned }, name = '', day, given) => {
  const index = months.indexOf(name.slice(0, 3))
  const away = index - new Date(now).getUTCMonth()
  const shift = planned ? Number(away < -5) : -Number(away > 0)
  const year = given ? Number(given) : new Date(now).getUTCFullYear() + shift
  if (!day) return { from: Date.UTC(year, index), to: Date.UTC(year, index + 1) - 1 }
  const from = Date.UTC(year, index, Number(day))
  return spanOf(new Date(from).getUTCDate() === Number(day) && index >= 0 ? from : Number.NaN, 1)
}

const timestamp: Reader = (_, text = '') => {
  const from = Date.parse(/z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}z`)
  return { from, to: from }
}

/** Times without a preposition. The groups of a pattern are the arguments of its reader. */
const patterns: [string, Reader][] = [
  ['(today|yesterday|tomorrow)', ({ today }, word) => spanOf(today + daysTo(word) * dayMs, 1)],
  ['day (before|after) \\w+', ({ today }, word) => spanOf(today + daysTo(word) * dayMs, 1)],
  [`(?:(this|last|past|next|coming) )?${weekday}`, weekdayOf],
  ['(\\d{4})-(\\d\\d)-(\\d\\d)', (clock, y, m, d) => dateOf(clock, months[Number(m) - 1], d, y)],
  [`${date} (?:of )?${month}(?: (20\\d\\d))?`, (clock, d, name, y) => dateOf(clock, name, d, y)],
  [`${month} ${date}(?: (20\\d\\d))?`, dateOf],
  ['(\\d{4}-\\d\\d-\\d\\dt\\S+)', timestamp],
  ['recently|lately', ({ now }) => ({ from: now - 7 * dayMs })],
  // Until 6 in the morning, "tonight" is the night that began yesterday.
  ['tonight', ({ now }) => hoursOf(startOf(now - 6 * hourMs), 'night')],
  [`(?:(this|last|next) )?(?:over)?${part}`, partOf],
  [`(last|past|previous|next|coming) ${count} ${unit}`, lengthOf],
  ['(last|past|next|coming) ()(hours?|days?|minutes?|weeks)', lengthOf],
  ['(past) ()(week)', lengthOf],
  ['(?:(last|past|next) )?(\\d{1,3})(m|h|d|w)(?:in|rs?)?', lengthOf],
  [`(in|within) (?:next )?${count} ${unit}`, lengthOf],
  [`()${count} (h|m)(?:in|inute|rs?|our)s? ago`, lengthOf],
  [`${count} (d|w)(?:ay|eek)s? ago`, (clock, n, of) => spanOf(startOf(back(clock, n, of)), 1)],
  [`older than ${count} ${unit}`, (clock, n, of) => ({ to: back(clock, n, of) })],
  ['(this|current|last|previous|next|coming) (week|weekend|month)', calendar],
  ['()(weekend)', calendar],
  [`(?!may(?! 20))${month}(?:()|( 20\\d\\d))`, (clock, name, _, y) => dateOf(clock, name, '', y)],
]
const rules = patterns.map(([pattern, read]): [RegExp, Reader] => [rule(pattern), read])
const dayPart = rule(part)
const point = rule(
  '(?:at )?(?:(midnight)|(\\d{1,2}) ?([ap]m)|(\\d{1,2}):(\\d\\d))(?: utc)?(?: (today|yesterday|tomorrow))?',
)
const prepositions = /^(?:on|in|at|during|over|for|within|since|after|before|until|till|by)$/

/** Finds the times in a text, first to last. All times are UTC. */
export function findTimes(tokens: readonly Token[], now: number): TimeWords[] {
  const places = tokens.flatMap(({ word }, at) => (word === 'the' ? [] : [at]))
  const words = places.map((at) => tokens[at]?.word ?? '')
  const clock = { now, today: startOf(now), planned: false }
  const found: TimeWords[] = []
  for (let at = 0; at < words.length; at++) {
    const window = words.slice(at, at + 12)
    const past = readTime(window, clock)
    if (past === undefined) continue
    const planned = readTime(window, { ...clock, planned: true })
    const end = (places[at + past.length - 1] ?? at) + 1
    const time: TimeWords = { at: places[at] ?? at, end }
    if (isSensible(past.span)) time.past = past.span
    if (planned && isSensible(planned.span)) time.planned = planned.span
    found.push(time)
    at += past.length - 1
  }
  return found
}

/** A time with its preposition: "since monday", "between 2 and 4pm", "on 3rd of may". */
function readTime(words: readonly string[], clock: Clock): Moment | undefined {
  const [first = ''] = words
  if (first === 'between' || first === 'from') return readPair(words, clock)
  const plain = readMoment(words, clock)
  if (plain || !prepositions.test(first)) return plain
  const inner = { ...clock, planned: clock.planned && first !== 'since' }
  const moment = readMoment(words.slice(1), inner)
  if (moment === undefined) return undefined
  const { from = Number.NaN, to = from } = moment.span
  const length = moment.length + 1
  if (first === 'since') return { span: { from: from > clock.now ? Number.NaN : from }, length }
  if (first === 'after') return { span: { from: isPoint(moment.span) ? from : to + 1 }, length }
  if (first === 'before') return { span: { to: from - 1 }, length }
  return /^(?:until|till|by)$/.test(first) ? { span: { to }, length } : { ...moment, length }
}

/** "between X and Y", "from X to Y". The first may leave out what the second says: "between 2 and 4pm". */
function readPair(words: readonly string[], clock: Clock): Moment | undefined {
  const joint = words.findIndex((word) => /^(?:and|to|until|till)$/.test(word))
  const rest = words.slice(joint + 1)
  const second = readMoment(rest, clock) ?? readMoment([`${rest[0]}:00`], clock)
  if (joint < 0 || second === undefined) {
    const alone = words[0] === 'from' ? readMoment(words.slice(1), clock) : undefined
    return alone && { ...alone, length: alone.length + 1 }
  }
  const left = words.slice(1, joint).join(' ')
  const said = rest.slice(0, second.length).join(' ')
  const half = /[ap]m/.exec(said)?.[0] ?? ':00'
  const unsaid = isPoint(second.span) ? half : ` ${said.replace(/^\S+ /, '')}`
  const spelled = (/^\d{1,2}(?:st|nd|rd|th)?$/.test(left) ? left + unsaid : left).split(' ')
  const first = readMoment(spelled, clock)
  if (first === undefined || first.length < spelled.length) return undefined
  const length = joint + 1 + second.length
  const { from = Number.NaN } = first.span
  const { from: start = Number.NaN, to = start } = second.span
  if (!isPoint(first.span) || !isPoint(second.span)) {
    const isTurned = from > to && weekdays.includes(said.slice(0, 3))
    return { span: { from: isTurned ? from - 7 * dayMs : from, to }, length }
  }
  // A time of day takes the day of the other one. An evening may go on into the next morning.
  const [begin, end] = [from % dayMs, start % dayMs]
  const [firstDay, lastDay] = [startOf(from), startOf(start)]
  if (firstDay !== clock.today && lastDay !== clock.today)
    return { span: { from, to: start }, length }
  const day = lastDay === clock.today ? firstDay : lastDay
  const base = !clock.planned && day + begin > clock.now ? day - dayMs : day
  const isOvernight = end < begin && begin >= 17 * hourMs && end <= 12 * hourMs
  return { span: { from: base + begin, to: base + end + (isOvernight ? dayMs : 0) }, length }
}

/** A time without a preposition: "last 24 hours", "monday evening", "yesterday at 18:00", "2pm". */
function readMoment(words: readonly string[], clock: Clock): Moment | undefined {
  const text = words.join(' ')
  for (const [pattern, read] of rules) {
    const match = pattern.exec(text)
    if (match === null) continue
    const span = read(clock, ...match.slice(1))
    const length = match[0].split(' ').length
    const { from = Number.NaN, to = 0 } = span
    if (to - from !== dayMs - 1) return { span, length }
    const rest = text.slice(match[0].length + 1)
    const [name] = dayPart.exec(rest) ?? []
    if (name) return { span: hoursOf(from, name), length: length + 1 }
    return readPoint(rest, from, length) ?? { span, length }
  }
  return readPoint(text, clock.today, 0)
}

/** A time of day, on the day that begins at `start` or that the words name. */
function readPoint(text: string, start: number, length: number): Moment | undefined {
  const [found, midnight, short, half, hour = short, minute = '0', day] = point.exec(text) ?? []
  if (found === undefined) return undefined
  const at = half ? (Number(hour) % 12) + (half === 'pm' ? 12 : 0) : Number(hour ?? 0)
  const isValid = midnight || (Number(hour) <= (half ? 12 : 24) && Number(minute) < 60)
  const time = isValid ? at * hourMs + Number(minute) * 60_000 : Number.NaN
  const from = start + daysTo(day) * dayMs + time
  return { span: { from, to: from }, length: length + found.split(' ').length }
}

import type { Token } from './words.ts'

/** A span of time in ms since 1970; a missing end is open. */
export type Span = { from?: number; to?: number }

/** Words that name a time, as past events and as planned ones mean it. Without a span they make no sense. */
export type TimeWords = { at: number; end: number; past?: Span; planned?: Span }

/** What the words at the start of a text mean, and how many they are. `point` is a time of day. */
type Moment = { span: Span; length: number; point?: boolean }
type Clock = { now: number; planned: boolean }

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ')
const months =
  'january february march april may june july august september october november december'.split(' ')
const counts = 'zero one two three four five six seven eight nine ten'.split(' ')
const unitMs: Record<string, number> = {
  ...{ m: 60_000, h: hourMs, d: dayMs, w: 7 * dayMs },
  ...{ min: 60_000, minute: 60_000, hr: hourMs, hour: hourMs, day: dayMs, week: 7 * dayMs },
  month: 30 * dayMs,
}
/** Parts of a day in hours; a night ends on the next day. */
const partHours: Record<string, [from: number, to: number]> = {
  ...{ morning: [0, 12], noon: [11, 13], afternoon: [12, 18], evening: [18, 24], night: [18, 33] },
}

const part = '(morning|noon|afternoon|evening|night)'
const weekday = `(${weekdays.map((name) => `${name}s?|${name.slice(0, 3)}`).join('|')}|tues|thurs)`
const month = `(${months.map((name) => `${name}|${name.slice(0, 3)}`).join('|')}|sept)`
const count = `(\\d{1,4}|an?|${counts.join('|')}|few|several|couple|couple of)`
const unit = '(minute|min|hour|hr|day|week|month)s?'
const clock = '(midnight|\\d{1,2})(?:(?<=\\d) ?([ap]m)|(?<=\\d):(\\d\\d) ?([ap]m)?|(?<=t))( utc)?'
const rule = (pattern: string) => new RegExp(`^(?:${pattern})(?= |$)`)

const dayRules: [RegExp, (match: RegExpExecArray, clock: Clock, today: number) => number][] = [
  [rule('today|yesterday|tomorrow'), ([word], _, today) => today + nearDays(word) * dayMs],
  [rule('day (before yesterday|after tomorrow)'), ([word], _, today) =>
    today + (word.includes('before') ? -2 : 2) * dayMs],
  [rule(`(?:(this|last|next|coming|past) )?${weekday}`), ([, step, name = ''], { now, planned }) =>
    weekdayAt(name, now, step === undefined || step === 'this' ? planned : isAhead(step), !!step)],
  [rule('(\\d{4})-(\\d\\d)-(\\d\\d)'), ([, y, m, d]) => exactDay(Number(y), Number(m) - 1, Number(d))],
  [rule(`(\\d{1,2})(?:st|nd|rd|th)? (?:of )?${month}(?: 20\\d\\d)?`), ([, d, name = ''], given) =>
    exactDay(yearOf(name, given), indexIn(months, name), Number(d))],
  [rule(`${month} (\\d{1,2})(?:st|nd|rd|th)?`), ([, name = '', d], given) =>
    exactDay(yearOf(name, given), indexIn(months, name), Number(d))],
]

const spanRules: [RegExp, (match: RegExpExecArray, clock: Clock, today: number) => Span][] = [
  [rule('recently|lately'), (_, { now }) => ({ from: now - 7 * dayMs })],
  [rule('tonight'), (_, { now }, today) => {
    const evening = today + (now - today < 6 * hourMs ? -6 : 18) * hourMs
    return { from: evening, to: evening + 12 * hourMs - 1 }
  }],
  [rule(`(?:(this|the|last|next) )?(over)?${part}`), ([, step, , name = ''], given, today) =>
    partOfDay(today + partShift(step, name, given, today) * dayMs, name)],
  [rule(`(last|past|previous|next|coming) ${count} ${unit}`), ([, step = '', n = '', name = ''], { now }) =>
    lengthFrom(now, isAhead(step), n, name)],
  [rule('(last|past|next|coming|following) (day|hour|week)s'), ([, step = '', name = ''], { now }) =>
    lengthFrom(now, isAhead(step) || step === 'following', 'few', name)],
  [rule(`(?:(last|past|next) )?(\\d{1,3})(min|m|h|hrs?|d|w)`), ([, step, n = '', name = ''], { now }) =>
    lengthFrom(now, isAhead(step), n, name.replace('hrs', 'hr'))],
  [rule('(last|past|next) (hour|hr|minute|day)|past (week|month)'), ([, step = '', name, other], { now }) =>
    lengthFrom(now, isAhead(step), '1', name ?? other ?? '')],
  [rule(`${count} ${unit} ago`), ([, n = '', name = ''], { now }) => {
    const { from = now } = lengthFrom(now, false, n, name)
    return unitMs[name] === undefined || unitMs[name] < dayMs ? { from, to: now } : wholeDay(from)
  }],
  [rule('(this|current|last|previous|next|coming|the)? ?(week|weekend|month|quarter|year)'),
    ([, step = 'the', name = ''], given, today) => calendarSpan(step, name, given, today)],
  [rule(month), ([, name = ''], given) => monthSpan(name, given)],
]

/** Finds the times in a text, first to last. All times are UTC. */
export function findTimes(tokens: readonly Token[], now: number): TimeWords[] {
  const words = tokens.map(({ word }) => word)
  const found: TimeWords[] = []
  for (let at = 0; at < words.length; at++) {
    if (words[at] === 'may' && !/^\d/.test(words[at + 1] ?? '')) continue
    const past = readTime(words.slice(at, at + 12), { now, planned: false })
    if (past === undefined) continue
    const planned = readTime(words.slice(at, at + 12), { now, planned: true })
    const time: TimeWords = { at, end: at + past.length }
    if (isSensible(past.span)) time.past = past.span
    if (planned && isSensible(planned.span)) time.planned = planned.span
    found.push(time)
    at += past.length - 1
  }
  return found
}

function isSensible({ from, to }: Span): boolean {
  return !Number.isNaN(from) && !Number.isNaN(to) && !(Number(from) > Number(to))
}

function readTime(words: readonly string[], given: Clock): Moment | undefined {
  const [first = ''] = words
  const skip = words[1] === 'the' ? 2 : 1
  const rest = words.slice(skip)
  if (first === 'between' || first === 'from') return readPair(words, skip, given)
  if (first === 'since' || first === 'after') {
    const moment = readMoment(rest, { now: given.now, planned: first === 'after' && given.planned })
    if (moment === undefined) return undefined
    const { from = Number.NaN, to = from } = moment.span
    const start = first === 'since' || moment.point ? from : to + 1
    const isSenseless = first === 'since' && start > given.now
    return { span: { from: isSenseless ? Number.NaN : start }, length: skip + moment.length }
  }
  if (['before', 'until', 'till', 'by'].includes(first)) {
    const moment = readMoment(rest, given)
    if (moment === undefined) return undefined
    const { from = Number.NaN, to = from } = moment.span
    return { span: { to: first === 'before' ? from - 1 : to }, length: skip + moment.length }
  }
  const older = rule(`older than (?:the )?${count} ${unit}`).exec(words.join(' '))
  if (older) {
    const [text, n = '', name = ''] = older
    return { span: { to: lengthFrom(given.now, false, n, name).from ?? Number.NaN }, length: text.split(' ').length }
  }
  const within = rule(`(?:in|within) (?:the )?(?:next )?${count} ${unit}`).exec(words.join(' '))
  if (within) {
    const [text, n = '', name = ''] = within
    return { span: lengthFrom(given.now, true, n, name), length: text.split(' ').length }
  }
  if (!['on', 'in', 'at', 'during', 'over', 'for', 'within', 'the'].includes(first)) return readMoment(words, given)
  const moment = readMoment(words[1] === 'the' ? rest : words.slice(1), given)
  if (moment) return { ...moment, length: moment.length + (words[1] === 'the' ? 2 : 1) }
  return words[1] === 'the' || first === 'the' ? readMoment(words.slice(first === 'the' ? 0 : 1), given) : undefined
}

/** "between X and Y", "from X to Y". The first may leave out what the second says: "between 2 and 4pm". */
function readPair(words: readonly string[], skip: number, given: Clock): Moment | undefined {
  const joint = words.findIndex((word) => ['and', 'to', 'until', 'till'].includes(word))
  const alone = words[0] === 'from' ? readMoment(words.slice(skip), given) : undefined
  if (joint < 0 || joint > 8) return alone && { ...alone, length: alone.length + skip }
  const after = words.slice(joint + (words[joint + 1] === 'the' ? 2 : 1))
  const left = words.slice(skip, joint)
  const isBare = left.length === 1 && /^\d{1,2}$/.test(left[0] ?? '')
  let second = readMoment(after, given)
  if (second === undefined && /^\d{1,2}$/.test(after[0] ?? '')) second = readMoment([`${after[0]}:00`], given)
  if (second === undefined) return undefined
  const half = rule('\\d{1,2}(?::\\d\\d)? ?([ap]m)').exec(after.join(' '))?.[1]
  const named = after.slice(1, second.length).find((word) => indexIn(months, word) >= 0)
  const bare = second.point ? [`${left[0]}${half ?? ':00'}`] : [left[0] ?? '', named ?? '']
  const first = readMoment(isBare ? bare : left, given)
  if (first === undefined || first.length < (isBare ? bare : left).length) return undefined
  const { from = Number.NaN } = first.span
  const { from: start = Number.NaN, to = start } = second.span
  const length = words.length - after.length + second.length
  if (!first.point || !second.point) {
    const weeks = to < from && rule(weekday).test(after.join(' ')) ? 7 * dayMs : 0
    return { span: { from: from - weeks, to }, length }
  }
  // A time of day without a day takes the day of the other one.
  const isDated = (at: number) => startOfDay(at) !== startOfDay(given.now)
  const begin = isDated(start) && !isDated(from) ? startOfDay(start) + (from % dayMs) : from
  const last = isDated(from) && !isDated(start) ? startOfDay(from) + (start % dayMs) : start
  const isOvernight = last < begin && begin % dayMs >= 17 * hourMs && last % dayMs <= 12 * hourMs
  const back = !given.planned && begin > given.now ? dayMs : 0
  return { span: { from: begin - back, to: last - back + (isOvernight ? dayMs : 0) }, length }
}

/** A time without a preposition: "yesterday", "last 24 hours", "monday evening", "2pm", "20 november". */
function readMoment(words: readonly string[], given: Clock): Moment | undefined {
  const text = words.join(' ')
  const today = startOfDay(given.now)
  if (/^\d{4}-\d\d-\d\dt/.test(text)) {
    const from = Date.parse(/z|[+-]\d\d:\d\d$/.test(words[0] ?? '') ? (words[0] ?? '') : `${words[0]}z`)
    return { span: { from, to: from }, length: 1, point: true }
  }
  for (const [pattern, read] of dayRules) {
    const match = pattern.exec(text)
    if (match) return withinDay(text, match[0], read(match, given, today))
  }
  for (const [pattern, read] of spanRules) {
    const match = pattern.exec(text)
    if (match) return { span: read(match, given, today), length: wordsIn(match[0]) }
  }
  const match = rule(`${clock}(?: (today|yesterday|tomorrow|on ${weekday}))?`).exec(text)
  if (match === null) return undefined
  const from = hourOf(match) + today + nearDays(match[6]) * dayMs
  return { span: { from, to: from }, length: wordsIn(match[0]), point: true }
}

/** A day, or the part or the time of it that follows: "monday evening", "yesterday at 18:00". */
function withinDay(text: string, words: string, start: number): Moment {
  const rest = text.slice(words.length + 1)
  const named = rule(part).exec(rest)
  if (named) return { span: partOfDay(start, named[0]), length: wordsIn(words) + 1 }
  const timed = rule(`(?:at )?${clock}`).exec(rest)
  if (timed === null) return { span: wholeDay(start), length: wordsIn(words) }
  const from = start + hourOf(timed)
  return { span: { from, to: from }, length: wordsIn(words) + wordsIn(timed[0]), point: true }
}

function hourOf([, word, short, minute, long]: RegExpExecArray): number {
  const hour = word === 'midnight' ? '0' : word
  const half = short ?? long
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'pm' ? 12 : 0)
  const isValid = Number(hour) <= (half === undefined ? 24 : 12) && Number(minute ?? 0) < 60
  return isValid ? hours * hourMs + Number(minute ?? 0) * 60_000 : Number.NaN
}

function lengthFrom(now: number, ahead: boolean, n: string, unit: string): Span {
  const vague = { a: 1, an: 1, couple: 2, 'couple of': 2, few: 3, several: 3 }[n]
  const size = (vague ?? (/^\d/.test(n) ? Number(n) : counts.indexOf(n))) * (unitMs[unit] ?? Number.NaN)
  return ahead ? { from: now, to: now + size } : { from: now - size, to: now }
}

function calendarSpan(step: string, name: string, { planned }: Clock, today: number): Span {
  const move = { last: -1, previous: -1, next: 1, coming: 1 }[step] ?? 0
  const weekdayFromMonday = (new Date(today).getUTCDay() + 6) % 7
  const monday = today - weekdayFromMonday * dayMs
  if (name === 'week') return { from: monday + move * 7 * dayMs, to: monday + (move + 1) * 7 * dayMs - 1 }
  if (name === 'weekend') {
    const isOn = weekdayFromMonday >= 5
    const weeks = isOn ? move : move === -1 || (move === 0 && !planned) ? -1 : 0
    const from = monday + (5 + 7 * weeks) * dayMs
    return { from, to: from + 2 * dayMs - 1 }
  }
  const size = { month: 1, quarter: 3, year: 12 }[name] ?? 1
  const date = new Date(today)
  const first = (Math.floor(date.getUTCMonth() / size) + move) * size
  return { from: Date.UTC(date.getUTCFullYear(), first), to: Date.UTC(date.getUTCFullYear(), first + size) - 1 }
}

/** By how many days a part of a day is away from today. */
function partShift(step: string | undefined, name: string, { now, planned }: Clock, today: number): number {
  if (step === 'last' || (name === 'night' && step !== 'next' && !planned)) return -1
  if (step === 'next') return 1
  return !planned && today + (partHours[name]?.[0] ?? 0) * hourMs > now ? -1 : 0
}

function partOfDay(start: number, name: string): Span {
  const [from, to] = partHours[name] ?? [0, 24]
  return { from: start + from * hourMs, to: start + to * hourMs - 1 }
}

/** The weekday nearest to today in the direction; `strict` leaves out today. */
function weekdayAt(name: string, now: number, ahead: boolean, strict: boolean): number {
  const away = (indexIn(weekdays, name) - new Date(now).getUTCDay() + 7) % 7
  const days = ahead ? away || (strict ? 7 : 0) : away === 0 ? (strict ? -7 : 0) : away - 7
  return startOfDay(now) + days * dayMs
}

function monthSpan(name: string, given: Clock): Span {
  const [year, index] = [yearOf(name, given), indexIn(months, name)]
  return { from: Date.UTC(year, index), to: Date.UTC(year, index + 1) - 1 }
}

/** The year in which a month was last, or will be next. */
function yearOf(name: string, { now, planned }: Clock): number {
  const away = indexIn(months, name) - new Date(now).getUTCMonth()
  if (planned) return new Date(now).getUTCFullYear() + (away < -5 ? 1 : 0)
  return new Date(now).getUTCFullYear() - (away > 0 ? 1 : 0)
}

function exactDay(year: number, monthIndex: number, date: number): number {
  const at = Date.UTC(year, monthIndex, date)
  return new Date(at).getUTCDate() === date && monthIndex < 12 ? at : Number.NaN
}

function indexIn(names: readonly string[], word: string): number {
  return word.length < 3 ? -1 : names.findIndex((name) => name.startsWith(word.slice(0, 3)))
}

function nearDays(word = ''): number {
  return word.startsWith('yesterday') ? -1 : word.startsWith('tomorrow') ? 1 : 0
}

function isAhead(step = ''): boolean {
  return step === 'next' || step === 'coming'
}

function wholeDay(at: number): Span {
  return { from: startOfDay(at), to: startOfDay(at) + dayMs - 1 }
}

function startOfDay(at: number): number {
  return Math.floor(at / dayMs) * dayMs
}

function wordsIn(text: string): number {
  return text.trim().split(' ').length
}

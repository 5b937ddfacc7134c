import {
  amountPattern,
  clockTime,
  date,
  day,
  hours,
  type Lean,
  monthOf,
  monthSpan,
  months,
  nearestDate,
  nearestMonth,
  offsetOf,
  partOfDay,
  quarter,
  rolling,
  type Span,
  week,
  weekdayOf,
  weekdays,
  weekend,
  year,
} from './calendar.ts'

/** One way to name a span of time: the words, and the span they mean seen from `now` (ms). */
export type TimeRule = {
  words: string
  span: (found: string[], now: number, lean: Lean) => Span | undefined
}

const unit = '(minute|hour|day|night|week|month|year)s?'
const monthName = `(${months.map((name) => (name === 'may' ? name : `${name}|${name.slice(0, 3)}`)).join('|')}|sept)`
const clearMonth = `(${months.filter((name) => name !== 'may' && name !== 'march').join('|')})`
const weekday = `(${weekdays.map((name) => `${name}|${name.slice(0, 3)}`).join('|')}|tues|thur|thurs)`
const dayOfMonth = '(\\d{1,2})(?:st|nd|rd|th)?'
const which = '(this|current|last|previous|past|prior|next|coming|following|upcoming)'
const back = '(?:the )?(?:last|past|previous|latest|prior)'
const ahead = '(?:the )?(?:next|coming|following|upcoming)'
/** Words behind which even a bare "may", "the 5th" or "14:00" is a time. */
const behind =
  '(?<=\\b(?:in|on|at|since|until|till|by|before|after|from|between|and|to|for|of|during|over|this|last|next) )'

const n = Number

/** "18:00", "6 pm", "6:30pm"; a bare number is no time. */
const clock = '(\\d{1,2})(?::(\\d\\d))? ?(am|pm|(?<=:\\d\\d))(?: utc)?'

/** Every way to name a span of time. Of two that begin at the same word the one that takes more words counts. */
export const timeRules: TimeRule[] = [
  // days and their parts
  { words: 'day before yesterday', span: (_, now) => day(now, -2) },
  { words: 'day after tomorrow', span: (_, now) => day(now, 2) },
  { words: '(?:earlier |later |so far )?today', span: (_, now) => day(now, 0) },
  { words: 'yesterday', span: (_, now) => day(now, -1) },
  { words: 'tomorrow', span: (_, now) => day(now, 1) },
  {
    words: '(yesterday|tomorrow|today) (morning|afternoon|evening|night)',
    span: ([name, part], now) =>
      partOfDay(now, name === 'today' ? 0 : name === 'tomorrow' ? 1 : -1, part),
  },
  { words: 'tonight|this night', span: (_, now) => partOfDay(now, 0, 'night') },
  {
    words: 'last night|(?:over ?|during the |in the |through the |of the )night',
    span: (_, now) => ({
      from: hours(now, -1, 18, 24).from,
      to: Math.min(hours(now, 0, 0, 9).to, now),
    }),
  },
  {
    words: '(?:the )?night before(?: last)?',
    span: (_, now) => ({ from: hours(now, -2, 18, 24).from, to: hours(now, -1, 0, 9).to }),
  },
  { words: 'last evening', span: (_, now) => partOfDay(now, -1, 'evening') },
  {
    words: '(?:this|in the|during the) (morning|afternoon|evening)',
    span: ([part], now) => partOfDay(now, 0, part),
  },
  { words: '(?<=since )(?:the )?morning', span: (_, now) => day(now, 0) },
  {
    words: '(?:rest|remainder|end) of (?:the |this )?(?:day|today)',
    span: (_, now) => ({ from: now, to: day(now, 0).to }),
  },
  // weeks, months and longer; of two rules for the same words the first one counts
  { words: 'past (week|month|year)', span: ([of], now) => rolling(now, 'one', of, -1) },
  {
    words: '(?:the )?weekend',
    span: (_, now, lean) => weekend(now, lean === 'past' && weekdayOf(now) < 5 ? -1 : 0),
  },
  { words: `${which} weekend`, span: ([word], now) => weekend(now, offsetOf(word)) },
  { words: `${which} week`, span: ([word], now) => week(now, offsetOf(word)) },
  { words: '(?:the )?week after next', span: (_, now) => week(now, 2) },
  { words: '(?:the )?week before last', span: (_, now) => week(now, -2) },
  {
    words: '(?:rest|remainder|end) of (?:the |this )?week|(?:the )?remaining week',
    span: (_, now) => ({ from: now, to: week(now, 0).to }),
  },
  {
    words: '(?:rest|remainder|end) of (?:the |this )?month',
    span: (_, now) => ({ from: now, to: monthSpan(now, 0).to }),
  },
  { words: `${which} month`, span: ([word], now) => monthSpan(now, offsetOf(word)) },
  { words: `${which} quarter`, span: ([word], now) => quarter(now, offsetOf(word)) },
  { words: `${which} year`, span: ([word], now) => year(now, offsetOf(word)) },
  { words: 'year to date|ytd', span: (_, now) => ({ from: year(now, 0).from, to: now }) },
  // a number of units from now
  {
    words: `${back} ${amountPattern} ${unit}`,
    span: ([count, of], now) => rolling(now, count, of, -1),
  },
  { words: `the (?:last|past) ${unit}`, span: ([of], now) => rolling(now, 'one', of, -1) },
  { words: '(?:past|last) (hour|minute|day)', span: ([of], now) => rolling(now, 'one', of, -1) },
  {
    words: `${ahead} ${amountPattern} ${unit}`,
    span: ([count, of], now) => rolling(now, count, of, 1),
  },
  { words: `the (?:next|coming) ${unit}`, span: ([of], now) => rolling(now, 'one', of, 1) },
  { words: 'next (hour|day)', span: ([of], now) => rolling(now, 'one', of, 1) },
  {
    words: `within ${amountPattern} ${unit}`,
    span: ([count, of], now, lean) => rolling(now, count, of, lean === 'past' ? -1 : 1),
  },
  {
    words: `${amountPattern} (day|week|month)s? ago`,
    span: ([count, of], now) => day(rolling(now, count, of, -1)?.from ?? now, 0),
  },
  {
    words: `${amountPattern} (minute|hour)s? ago`,
    span: ([count, of], now) => rolling(now, count, of, -1),
  },
  {
    words: `(?<=\\bin )${amountPattern} (day|week)s?`,
    span: ([count, of], now) => day(rolling(now, count, of, 1)?.to ?? now, 0),
  },
  { words: 'recent|recently|lately|these days', span: (_, now) => rolling(now, '7', 'day', -1) },
  {
    words: 'next(?= (?:changes?|planned|scheduled) )|next(?= changes?$)',
    span: (_, now) => ({ from: now }),
  },
  { words: 'upcoming|coming up|from now on|soon|next up', span: (_, now) => ({ from: now }) },
  {
    words: `(?:older|longer|more) than (?:the last )?${amountPattern} ${unit}`,
    span: ([count, of], now) => ({ to: rolling(now, count, of, -1).from }),
  },
  {
    words: `(?:(?:not|no) (?:older|longer|more)|less|younger|newer) than ${amountPattern} ${unit}`,
    span: ([count, of], now) => rolling(now, count, of, -1),
  },
  // dates
  { words: '(\\d{4})-(\\d\\d)-(\\d\\d)', span: ([y, m, d]) => date(n(y), n(m) - 1, n(d)) },
  {
    words: '(\\d{4}-\\d\\d-\\d\\dt\\d\\d:\\d\\d(?::\\d\\d)?)(?:\\.\\d+)?z?',
    span: ([text]) => {
      const from = Date.parse(`${text?.toUpperCase()}Z`)
      return Number.isNaN(from) ? undefined : { from, to: from + 1 }
    },
  },
  {
    words: `(?:the )?${dayOfMonth} (?:of )?${monthName} ?,? (\\d{4})`,
    span: ([d, m, y]) => date(n(y), monthOf(m), n(d)),
  },
  {
    words: `${monthName} (?:the )?${dayOfMonth} ?,? (\\d{4})`,
    span: ([m, d, y]) => date(n(y), monthOf(m), n(d)),
  },
  {
    words: `(?:the )?${dayOfMonth} (?:of )?${monthName}`,
    span: ([d, m], now, lean) => nearestDate(monthOf(m), n(d), now, lean),
  },
  {
    words: `${monthName} (?:the )?${dayOfMonth}`,
    span: ([m, d], now, lean) => nearestDate(monthOf(m), n(d), now, lean),
  },
  {
    words: `${dayOfMonth} (?:and|to|until|till|-) ${dayOfMonth} (?:of )?${monthName}`,
    span: ([first, last, m], now, lean) => ({
      ...nearestDate(monthOf(m), n(last), now, lean),
      from: nearestDate(monthOf(m), n(first), now, lean)?.from ?? now,
    }),
  },
  {
    words: `${monthName} (\\d{4})`,
    span: ([m, y]) => monthSpan(Date.UTC(n(y), monthOf(m), 1), 0),
  },
  { words: clearMonth, span: ([m], now, lean) => nearestMonth(monthOf(m), now, lean) },
  {
    words: `${behind}${monthName}`,
    span: ([m], now, lean) => nearestMonth(monthOf(m), now, lean),
  },
  { words: `(?<=\\b(?:in|during) )(\\d{4})`, span: ([y]) => year(Date.UTC(n(y), 0, 1), 0) },
  {
    words: '(\\d{1,2})[./](\\d{1,2})[./](\\d{4})',
    span: ([d, m, y]) => date(n(y), n(m) - 1, n(d)),
  },
  {
    words: `${behind}(\\d{1,2})[./](\\d{1,2})`,
    span: ([d, m], now, lean) => nearestDate(n(m) - 1, n(d), now, lean),
  },
  {
    words: `${behind}the (\\d{1,2})(?:st|nd|rd|th)`,
    span: ([d], now) => date(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth(), n(d)),
  },
  // days of the week and hours
  {
    words: `${which} ${weekday}(?: (morning|afternoon|evening|night))?`,
    span([word, name, part], now) {
      const away =
        weekdays.findIndex((full) => full.startsWith(name?.slice(0, 3) ?? '')) - weekdayOf(now)
      const offset = offsetOf(word)
      if (offset < 0) return partOfDay(now, away < 0 ? away : away - 7, part)
      return partOfDay(now, offset > 0 && away <= 0 ? away + 7 : away, part)
    },
  },
  {
    words: `(?:the )?${weekday}(?: (morning|afternoon|evening|night))?`,
    span([name, part], now, lean) {
      const away =
        weekdays.findIndex((full) => full.startsWith(name?.slice(0, 3) ?? '')) - weekdayOf(now)
      const elsewhere = lean === 'past' ? away > 0 : away < 0
      return partOfDay(now, elsewhere ? away + (lean === 'past' ? -7 : 7) : away, part)
    },
  },
  {
    words: `${behind}(\\d{1,2}):(\\d\\d)(?: utc)?`,
    span: ([h, m], now) => clockTime(now, 'today', h, m),
  },
  {
    words: '(\\d{1,2})(?::(\\d\\d))? ?(am|pm)',
    span: ([h, m, half], now) => clockTime(now, 'today', h, m, half),
  },
  {
    words: `(?:at |around )?${clock} (?:on |of )?(yesterday|today|tomorrow)`,
    span: ([h, m, half, name], now) => clockTime(now, name, h, m, half),
  },
  {
    words: `(yesterday|today|tomorrow) (?:at |around |since |from )?${clock}`,
    span: ([name, h, m, half], now) => clockTime(now, name, h, m, half),
  },
  { words: 'midnight', span: (_, now) => ({ from: day(now, 0).from, to: day(now, 0).from + 1 }) },
  {
    words: 'noon',
    span: (_, now) => ({ from: hours(now, 0, 12, 12).from, to: hours(now, 0, 12, 12).from + 1 }),
  },
]

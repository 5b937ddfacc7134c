import type { Lean, Span } from './calendar.ts'
import { timeRules } from './time-rules.ts'

/** Words that name a span of time: where they stand in the text, and the span, which is empty without a present. */
export type TimeRange = { start: number; end: number; words: string; span: Span }

/** A span before it is known what leads into it: "since Friday" looks back whatever the question is about. */
type Found = TimeRange & { past: Span }

const compiledRules = timeRules.map(({ words, span }) => ({
  pattern: new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${words})(?![\\p{L}\\p{N}_-])`, 'gu'),
  span,
}))

/**
 * Finds the spans of time that a text (lower case, words parted by one blank) names, in order. Without `now` (ms)
 * they are found but stay empty. Weeks begin on Monday; all is UTC.
 */
export function findTimeRanges(text: string, now: number | undefined, lean: Lean): TimeRange[] {
  return joined(text, longest(allRanges(text, now, lean)))
}

function allRanges(text: string, now: number | undefined, lean: Lean): Found[] {
  return compiledRules.flatMap(({ pattern, span }) =>
    [...text.matchAll(pattern)].map((match) => {
      const [words, ...groups] = match
      const place = { start: match.index, end: match.index + words.length, words }
      // Without a present, and for a date that the calendar does not have, the words are taken all the same: no
      // part of them may be read as something else.
      if (now === undefined) return { ...place, span: {}, past: {} }
      return {
        ...place,
        span: span(groups, now, lean) ?? {},
        past: span(groups, now, 'past') ?? {},
      }
    }),
  )
}

function longest(ranges: Found[]): Found[] {
  const kept: Found[] = []
  for (const range of ranges.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1)
    if (last === undefined || range.start >= last.end) kept.push(range)
  }
  return kept
}

const leadIns: { words: RegExp; take: (found: Found) => Span }[] = [
  {
    words: /(?:^| )(?:ever )?(?:since|starting|starting from|as of)(?: the)? $/,
    take: ({ past }) => pick({ from: past.from }),
  },
  { words: /(?:^| )after(?: the)? $/, take: ({ span }) => pick({ from: span.to }) },
  {
    words: /(?:^| )(?:until|till|through|up to|by|no later than)(?: the)? $/,
    take: ({ span }) => pick({ to: span.to }),
  },
  {
    words: /(?:^| )(?:before|prior to|earlier than)(?: the)? $/,
    take: ({ span }) => pick({ to: span.from }),
  },
  {
    words: /(?:^| )(?:in|on|at|over|during|within|for|throughout|of|from)(?: the)? $/,
    take: ({ span }) => span,
  },
]

const weekMs = 7 * 24 * 3_600_000

/** "since", "between … and …" and the like reach from one span to another, or to an open end. */
function joined(text: string, ranges: Found[]): TimeRange[] {
  const result: TimeRange[] = []
  for (let index = 0; index < ranges.length; index++) {
    const range = ranges[index]
    if (range === undefined) continue
    const next = ranges[index + 1]
    const opening = /(?:^| )(?:between|from)(?: the)? $/.exec(text.slice(0, range.start))
    const closing = / ?(?:and|to|until|till|through|-|up to)(?: the)? $/
    if (next && opening && closing.test(text.slice(range.end, next.start))) {
      const span = inOrder(range.span.from, next.span.to)
      result.push(cut(text, range.start - opening[0].trimStart().length, next.end, span))
      index++
    } else {
      result.push(withLeadIn(text, range))
    }
  }
  return result
}

/** "From Friday to Sunday", said on a Saturday, ends in the week after. */
function inOrder(from: number | undefined, to: number | undefined): Span {
  if (from === undefined || to === undefined) return pick({ from, to })
  return { from, to: to > from ? to : to + weekMs }
}

function withLeadIn(text: string, range: Found): TimeRange {
  const before = text.slice(0, range.start)
  for (const { words, take } of leadIns) {
    const found = words.exec(before)
    if (found) {
      return cut(text, range.start - found[0].trimStart().length, range.end, take(range))
    }
  }
  return cut(text, range.start, range.end, range.span)
}

function cut(text: string, start: number, end: number, span: Span): TimeRange {
  return { start, end, words: text.slice(start, end), span }
}

function pick(span: { from?: number | undefined; to?: number | undefined }): Span {
  return {
    ...(span.from !== undefined && { from: span.from }),
    ...(span.to !== undefined && { to: span.to }),
  }
}

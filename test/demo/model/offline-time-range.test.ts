import { expect, test } from 'bun:test'
import type { Lean } from '../../../src/demo/model/calendar.ts'
import { findTimeRanges } from '../../../src/demo/model/time-range.ts'

const sunday = '2026-11-22T14:35:00Z'

function found(text: string, now = sunday, lean: Lean = 'past'): string {
  const [range] = findTimeRanges(text, Date.parse(now), lean)
  if (range === undefined) return 'nothing'
  const short = (at: number | undefined) =>
    at === undefined
      ? ''
      : new Date(at)
          .toISOString()
          .replace(/:00\.000Z$/, '')
          .replace('T00:00', '')
  return `${short(range.span.from)} to ${short(range.span.to)}`
}

test.each([
  ['today', '2026-11-22 to 2026-11-23'],
  ['yesterday', '2026-11-21 to 2026-11-22'],
  ['tomorrow', '2026-11-23 to 2026-11-24'],
  ['tonight', '2026-11-22T18:00 to 2026-11-23T06:00'],
  ['this morning', '2026-11-22 to 2026-11-22T12:00'],
  ['last night', '2026-11-21T18:00 to 2026-11-22T09:00'],
  ['this week', '2026-11-16 to 2026-11-23'],
  ['last week', '2026-11-09 to 2026-11-16'],
  ['next week', '2026-11-23 to 2026-11-30'],
  ['this weekend', '2026-11-21 to 2026-11-23'],
  ['in november', '2026-11-01 to 2026-12-01'],
  ['last 24 hours', '2026-11-21T14:35 to 2026-11-22T14:35'],
  ['past 3 days', '2026-11-19T14:35 to 2026-11-22T14:35'],
  ['in the last two weeks', '2026-11-08T14:35 to 2026-11-22T14:35'],
  ['since monday', '2026-11-16 to '],
  ['since 2026-11-20', '2026-11-20 to '],
  ['before 2026-12-01', ' to 2026-12-01'],
  ['between monday and wednesday', '2026-11-16 to 2026-11-19'],
  ['from 1 november to 5 november', '2026-11-01 to 2026-11-06'],
  ['between 1 and 5 november', '2026-11-01 to 2026-11-06'],
  ['between 2026-11-01 and 2026-11-15', '2026-11-01 to 2026-11-16'],
  ['3 days ago', '2026-11-19 to 2026-11-20'],
  ['older than 5 days', ' to 2026-11-17T14:35'],
  ['on the 30th of february', ' to '],
  ['may i see them', 'nothing'],
])('"%s", said on Sunday 22 November 2026, is %s', (text, span) => {
  expect(found(text)).toBe(span)
})

test.each([
  ['yesterday', '2026-03-01T00:10:00Z', '2026-02-28 to 2026-03-01'],
  ['yesterday', '2028-03-01T00:10:00Z', '2028-02-29 to 2028-03-01'],
  ['tomorrow', '2026-12-31T23:50:00Z', '2027-01-01 to 2027-01-02'],
  ['next month', '2026-12-31T12:00:00Z', '2027-01-01 to 2027-02-01'],
  ['last month', '2026-01-15T12:00:00Z', '2025-12-01 to 2026-01-01'],
  ['last month', '2028-03-31T12:00:00Z', '2028-02-01 to 2028-03-01'],
  ['past month', '2026-03-31T12:00:00Z', '2026-02-28T12:00 to 2026-03-31T12:00'],
  ['this week', '2026-12-31T12:00:00Z', '2026-12-28 to 2027-01-04'],
  ['last quarter', '2026-02-10T12:00:00Z', '2025-10-01 to 2026-01-01'],
  ['on 29 february', '2026-11-22T12:00:00Z', '2024-02-29 to 2024-03-01'],
])('"%s" is right across the end of a month or a year, seen from %s', (text, now, span) => {
  expect(found(text, now)).toBe(span)
})

test('a weekday lies behind for what happened and ahead for what is planned', () => {
  expect(found('on friday', sunday, 'past')).toBe('2026-11-20 to 2026-11-21')
  expect(found('on friday', sunday, 'future')).toBe('2026-11-27 to 2026-11-28')
  expect(found('from friday to sunday', sunday, 'future')).toBe('2026-11-27 to 2026-11-30')
})

test('without a present the words are found and no dates are made up', () => {
  const [range] = findTimeRanges('changes planned for next week', undefined, 'future')
  expect(range?.words).toBe('for next week')
  expect(range?.span).toEqual({})
})

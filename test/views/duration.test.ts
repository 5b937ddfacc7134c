import { expect, test } from 'bun:test'
import { age, duration, elapsed, offset } from '../../views/duration.ts'

test('a duration has the unit that fits its size', () => {
  expect([0, 340, 3412, 59_949, 59_950, 65_000].map(duration)).toEqual([
    '0 ms',
    '340 ms',
    '3.4 s',
    '59.9 s',
    '1 min 00 s',
    '1 min 05 s',
  ])
})

test('a clock never shows a negative time', () => {
  expect([-5, 999, 12_000, 600_000].map(elapsed)).toEqual(['0 s', '0 s', '12 s', '10 min 00 s'])
  expect(offset(-5)).toBe('+0.0 s')
})

test('an age is short, and becomes a date after a week', () => {
  const at = Date.UTC(2026, 0, 31)
  const minute = 60_000
  const ages = [0, 5 * minute, 180 * minute, 3000 * minute, 20_000 * minute]
  expect(ages.map((ms) => age(at, at + ms))).toEqual(['now', '5 min', '3 h', '2 d', '2026-01-31'])
})

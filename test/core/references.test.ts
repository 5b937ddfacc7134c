import { describe, expect, test } from 'bun:test'
import { splitCode } from '../../src/core/markdown-code.ts'
import { checkReferences } from '../../src/core/references.ts'
import { leastCpuMs } from '../support/longest-stall.ts'

/** The results 1 to 3 exist, and become 11 to 13. */
const check = (text: string) =>
  checkReferences(text, (number) => (number >= 1 && number <= 3 ? number + 10 : undefined))

test.each([
  ['5 are open. [1]', '5 are open. [11]'],
  ['5 are open[1][2].', '5 are open[11][12].'],
  ['5 are open [1, 3].', '5 are open [11][13].'],
  ['5 are open [1-3].', '5 are open [11][12][13].'],
  ['5 are open.[^2]', '5 are open.[12]'],
  ['5 are open【2†source】.', '5 are open[12].'],
  ['| CHG1 | open [1] |', '| CHG1 | open [11] |'],
])('the forms that models use become one form: %s', (given, text) => {
  expect(check(given)).toMatchObject({ text, removed: 0 })
})

test.each([
  ['5 are open [9].', '5 are open.', 1],
  ['5 are open [1, 9].', '5 are open [11].', 1],
  ['5 are open [0][4-6].', '5 are open.', 4],
  ['5 are open【7】.', '5 are open.', 1],
])('a reference to nothing is removed and counted: %s', (given, text, removed) => {
  expect(check(given)).toMatchObject({ text, removed })
})

test.each([
  'In [2026] and [x] and [ ], see [the page](https://example.com).',
  'The field `rows[1]` and ``a`[1]`b`` are code.',
  '```\nrows[1]\n```\n',
  '- item\n  ~~~sql\n  x[9]\n  ~~~\n',
])('text that is not a reference stays as it is: %s', (text) => {
  expect(check(text)).toEqual({ text, numbers: [], removed: 0 })
})

describe('a reference cannot become a link of the model', () => {
  test.each([
    ['See [1](https://evil.example).', 'See [11].'],
    ['See [1](https://evil.example "a title").', 'See [11].'],
    ['[1]: https://evil.example', '[11] https://evil.example'],
    ['> - [1]: https://evil.example', '> - [11] https://evil.example'],
    ['Known [1]: five.', 'Known [11]: five.'],
  ])('%s', (given, text) => {
    expect(check(given).text).toBe(text)
  })
})

test('the numbers of a text are each listed once, in order', () => {
  expect(check('[3] [1] [3] [9]')).toMatchObject({ numbers: [11, 13], removed: 1 })
})

test('code that is not closed reaches to the end', () => {
  expect(splitCode('a `b\n\n```\nc [1]')).toEqual([
    { text: 'a `b\n', isCode: false },
    { text: '\n', isCode: false },
    { text: '```\nc [1]', isCode: true },
  ])
})

test('no text of 64 KiB takes 50 ms to check', () => {
  const units = [
    '[1]',
    '[1,',
    '[1-',
    '【1',
    '[1](',
    '[1]:',
    '`',
    '`a``',
    '```\n',
    '- ',
    '> ',
    '\n[1]: ',
    '[1-999]',
  ]
  const slow = units.flatMap((unit) => {
    const text = unit.repeat(65_536 / unit.length)
    expect(check(text).text.length).toBeLessThan(30 * text.length)
    const ms = leastCpuMs(50, () => check(text))
    return ms < 50 ? [] : [`${JSON.stringify(unit)}: ${ms} ms`]
  })
  expect(slow).toEqual([])
})

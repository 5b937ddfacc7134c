import { expect, test } from 'bun:test'
import { makeSnippet } from '../../src/core/snippet.ts'
import { findWords, hasAllWords } from '../../src/core/word-match.ts'
import { parseWordQuery, wordsOf } from '../../src/core/words.ts'

function search(text: string, query: string) {
  const words = parseWordQuery(query) ?? { words: [] }
  const matches = findWords(text, words)
  const snippet = makeSnippet(text, matches)
  return {
    hasAll: hasAllWords(matches, words),
    text: snippet.text,
    marked: snippet.matches.map(([start, end]) => snippet.text.slice(start, end)),
  }
}

test('a snippet is from the place that has most words of the search', () => {
  const filler = 'nothing to see here '.repeat(30)
  const text = `change ${filler} the database change of today ${filler}`
  const { text: shown, marked } = search(text, 'database change')
  expect(marked).toEqual(['database', 'change'])
  expect(shown).toStartWith('…')
  expect(shown).toEndWith('…')
})

test('a match is marked in the spelling of the text', () => {
  expect(search('Störung in der STRASSE', 'strasse storung').marked).toEqual(['Störung', 'STRASSE'])
  expect(search('Die Straße', 'STRASSE').marked).toEqual(['Straße'])
})

test('in a script without spaces only the characters of the search are marked', () => {
  expect(search('请检查SQL数据库备份', '数据库').marked).toEqual(['数据库'])
  expect(search('データベース', 'ベース').marked).toEqual(['ベース'])
  expect(search('ｶﾞｷﾞ', 'ガギ').marked).toEqual(['ｶﾞｷﾞ'])
})

test('a snippet is one line without Markdown and without characters that change the direction', () => {
  const { text, marked } = search('## Open\n\n| **CHG1** | `db`\u202e evil\u0000 |\n', 'chg')
  expect(text).toBe('Open CHG1 db evil')
  expect(marked).toEqual(['CHG1'])
})

test('a match at the end of a word of 70,000 letters gives a short snippet', () => {
  expect(search(`x ${'y'.repeat(70_000)}`, 'yyy').text.length).toBeLessThan(200)
  expect(search(`${'😀'.repeat(200)}word${'😀'.repeat(200)}`, 'word').text.isWellFormed()).toBe(
    true,
  )
})

const worst = [
  ['marks', `e${'\u0301'.repeat(65_535)}`],
  ['characters that expand', '\ufdfa'.repeat(65_536)],
  ['lone surrogates', '\ud800'.repeat(65_536)],
  ['pairs of surrogates', '𠀀'.repeat(32_768)],
  ['letters', 'x'.repeat(65_536)],
  ['different Chinese characters', String.fromCharCode(...range(0x4e00, 0x9f00))],
] as const

test.each(worst)('a text of %s is read', (_, text) => {
  const words = wordsOf(text)
  expect(words.length).toBeLessThanOrEqual(10_000)
  for (const word of words) {
    expect(word.isWellFormed()).toBe(true)
    expect(word.length).toBeLessThanOrEqual(32)
  }
  const [first] = words
  if (first !== undefined) expect(search(text, first).hasAll).toBe(true)
})

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

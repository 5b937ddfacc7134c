import { expect, test } from 'bun:test'
import { shorten } from '../../src/core/shorten.ts'

test('a text is shortened to a limit in bytes, never inside a character', () => {
  expect(shorten('ü'.repeat(20), 16)).toEqual({ text: `${'ü'.repeat(8)}…`, truncated: true })
  expect(shorten('123456789012345🦊', 16)).toEqual({ text: '123456789012345…', truncated: true })
})

test('a text at the limit is unchanged', () => {
  expect(shorten('ü'.repeat(8), 16)).toEqual({ text: 'ü'.repeat(8), truncated: false })
  expect(shorten('', 16)).toEqual({ text: '', truncated: false })
})

test('half a surrogate pair is replaced', () => {
  expect(shorten('\ud83e', 16)).toEqual({ text: '\ufffd', truncated: false })
})

import { expect, test } from 'bun:test'
import { Markdown } from '../../views/markdown.tsx'
import { cpuTimeMs } from '../support/longest-stall.ts'
import { parse } from '../views/markup.ts'

/** The text of an answer as a user reads it. */
function shown(markdown: string): string {
  return String(<Markdown text={markdown} />)
    .replaceAll(/<[^>]+>/g, '')
    .trim()
}

test.each([
  ['[https://bank.example/login](https://evil.example/x)', 'https://evil.example/x'],
  ['[bank.example](https://evil.example/)', 'https://evil.example/'],
  ['[**bank**.example](https://evil.example/)', 'https://evil.example/'],
  ['[log in at bank.example now](https://evil.example/)', 'https://evil.example/'],
  ['[`bank.example`](https://evil.example/)', 'https://evil.example/'],
  ['[bank。example](https://evil.example/)', 'https://evil.example/'],
  ['[bank.example](https://bank.example.evil.example/)', 'https://bank.example.evil.example/'],
  ['[https://bank.example/a](https://bank.example/b)', 'https://bank.example/b'],
  ['[bank.example](https://bank.example@evil.example/)', 'https://evil.example/'],
  ['<https://bank.example@evil.example/>', 'https://evil.example/'],
  ['[bank.example](https://bаnk.example/)', 'https://xn--bnk-6cd.example/'],
  ['[ops@bank.example](mailto:ops@evil.example)', 'mailto:ops@evil.example'],
  [`[${'x '.repeat(400)}](https://evil.example/)`, 'https://evil.example/'],
])('the link %s shows its target', (markdown, target) => {
  expect(shown(markdown)).toEndWith(`(${target})`)
})

test.each([
  '[the runbook](https://wiki.example/runbook)',
  '[wiki.example](https://wiki.example/runbook)',
  '[www.wiki.example](https://wiki.example/)',
  'https://wiki.example/runbook?a=1&b=2#c',
  '<https://wiki.example>',
  '<ops@wiki.example>',
  'https://bücher.example/ä',
  '[3.5 of 4](https://wiki.example/)',
])('the link %s shows only its text', (markdown) => {
  expect(shown(markdown)).not.toContain('(')
})

test('a shown target is text, and a long one is cut', () => {
  const html = String(<Markdown text={`[a.example](https://evil.example/?${'<b>'.repeat(200)})`} />)
  expect(parse(html).elements.map(({ tag }) => tag)).toEqual(['p', 'a'])
  expect(shown(`[a.example](https://evil.example/${'x'.repeat(2000)})`).length).toBeLessThan(250)
})

test.each([
  ['words', 'a'.repeat(60_000)],
  ['labels', 'a.'.repeat(30_000)],
  ['short links', '[a.a.a.a.1](https://e.example/)'.repeat(2000)],
  ['schemes', 'https://'.repeat(7000)],
])('60,000 characters of %s in links cost less than 50 ms', (_, text) => {
  const measure = () => {
    const startedAt = cpuTimeMs()
    shown(text.startsWith('[') ? text : `[${text}](https://evil.example/)`)
    return cpuTimeMs() - startedAt
  }
  // The first calls run code that is not compiled yet.
  const durations = Array.from({ length: 8 }, measure)
  expect(Math.min(...durations)).toBeLessThan(50)
})

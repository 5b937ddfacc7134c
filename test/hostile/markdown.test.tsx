import { expect, test } from 'bun:test'
import { Markdown } from '../../views/markdown.tsx'
import { cpuTimeMs } from '../support/longest-stall.ts'
import { hostileTexts } from './texts.ts'

// 64 KiB is the longest answer that is stored; 0.1.0 stored longer ones.
test.each([8_192, 65_536, 130_000, 400_000])(
  'no text of %d characters takes 50 ms to render',
  (characters) => {
    const slow = [...hostileTexts(characters)].flatMap(([name, text]) => {
      const before = cpuTimeMs()
      String(<Markdown text={text} />)
      const ms = cpuTimeMs() - before
      return ms < 50 ? [] : [`${name}: ${ms} ms`]
    })
    expect(slow).toEqual([])
  },
  60_000,
)

test('the HTML of a text is at most 20 times as long as the text', () => {
  const characters = 65_536
  const long = [...hostileTexts(characters)].flatMap(([name, text]) => {
    const { length } = String(<Markdown text={text} />)
    return length <= 20 * characters ? [] : [`${name}: ${length}`]
  })
  expect(long).toEqual([])
})

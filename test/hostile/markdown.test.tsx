import { expect, test } from 'bun:test'
import { Markdown } from '../../views/markdown.tsx'
import { cpuTimeMs, leastCpuMs } from '../support/longest-stall.ts'
import { hostileTexts } from './texts.ts'

/** Everything that the page of a chat adds. */
const page = {
  references: new Map(
    Array.from(
      { length: 999 },
      (_, index) =>
        [index, `/conversations/${'0'.repeat(36)}/runs/${'0'.repeat(36)}#step-${index}`] as const,
    ),
  ),
  entities: { canAsk: true },
  hasButtons: true,
}
const units = [
  '[1]',
  ' [1]',
  'CHG0030412 ',
  '[CHG0030412](https://x.example) ',
  '| Service |\n|---|\n| a |\n\n',
  '|a'.repeat(50),
  '```\n```\n',
  '09:00 UTC ',
]

test('no text takes 50 ms to render with references, links and buttons', () => {
  const texts = [
    ...hostileTexts(65_536),
    ...units.map((unit) => [unit, unit.repeat(65_536 / unit.length)] as const),
  ]
  texts.push([
    'one table',
    `| Service | Since |\n|---|---|\n${'| CHG0030412 [1] | 09:00 UTC |\n'.repeat(2100)}`,
  ])
  const bad = texts.flatMap(([name, text]) => {
    let length = 0
    const ms = leastCpuMs(50, () => {
      length = String(<Markdown text={text} {...page} />).length
    })
    return ms < 50 && length <= 30 * 65_536 ? [] : [`${name}: ${ms} ms, ${length}`]
  })
  expect(bad).toEqual([])
}, 60_000)

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

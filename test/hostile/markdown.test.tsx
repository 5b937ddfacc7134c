import { expect, test } from 'bun:test'
import { Markdown } from '../../views/markdown.tsx'
import { hostileTexts } from './texts.ts'

/** The time that `work` takes, without the time that other processes take, in ms. */
function cpuTimeOf(work: () => unknown): number {
  const before = process.threadCpuUsage()
  work()
  const after = process.threadCpuUsage()
  return (after.user + after.system - before.user - before.system) / 1000
}

// 64 KiB is the longest answer that is stored; 0.1.0 stored longer ones.
test.each([8_192, 65_536, 130_000, 400_000])(
  'no text of %d characters takes 50 ms to render',
  (characters) => {
    const slow = [...hostileTexts(characters)].flatMap(([name, text]) => {
      const ms = cpuTimeOf(() => String(<Markdown text={text} />))
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

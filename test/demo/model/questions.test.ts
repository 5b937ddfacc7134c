import { expect, test } from 'bun:test'
import { createPlayer, type Outcome } from './player.ts'
import { followUps, questions } from './questions.ts'

const ask = createPlayer()

/** What is wrong with an outcome, or nothing. Only the limit and the end of a span may be unnamed. */
function faultOf(expected: string, { calls }: Outcome): string | undefined {
  const wanted = expected === 'nobody' ? [] : expected.split(' + ')
  const called = new Set(calls.map(({ tool }) => tool))
  const made = calls.map(({ tool, args }) => `${tool} ${JSON.stringify(args)}`).join('; ')
  const tools = wanted.map((one) => one.split(' ')[0] ?? '')
  if (called.symmetricDifference(new Set(tools)).size > 0) return `calls ${made || 'nothing'}`
  for (const one of wanted) {
    const [tool, ...pairs] = one.match(/(?:[^\s"]|"[^"]*")+/g) ?? []
    // All values of a named argument, so that a value too many is a fault.
    const named = Map.groupBy(
      pairs.map((pair) => pair.replaceAll('"', '').split('=')),
      ([name = '']) => name,
    )
    const unnamed = calls
      .filter((call) => call.tool === tool)
      .flatMap(({ args }) => Object.keys(args))
      .filter((name) => !named.has(name) && !/^limit$|(?:^|_)to$/.test(name))
    if (unnamed.length > 0) return `calls ${made}, but ${one} has no ${unnamed}`
    for (const [name, values] of named) {
      const given = calls
        .filter((call) => call.tool === tool)
        .flatMap(({ args }) => args[name] ?? [])
      const expectedValues = values.map(([, value = '']) => value).filter(Boolean)
      if (!isSameSet(given.map(String), expectedValues)) return `calls ${made}, not ${one}`
    }
  }
  return undefined
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).symmetricDifference(new Set(b)).size === 0
}

test.each(Object.entries(questions))('%s are planned right', async (_, block) => {
  const faults: string[] = []
  for (const line of block.trim().split('\n')) {
    const [question = '', expected = ''] = line.split(' => ')
    const fault = faultOf(expected, await ask(question))
    if (fault) faults.push(`${question}: ${fault}`)
  }
  expect(faults).toEqual([])
})

test.each(followUps)('after "%s" and "%s": %s', async (question, answer, next) => {
  const [asked = '', expected = ''] = next.split(' => ')
  expect(faultOf(expected, await ask(asked, [question, answer]))).toBeUndefined()
})

test('there are at most 200 questions', () => {
  const lines = Object.values(questions).flatMap((block) => block.trim().split('\n'))
  expect(lines.length + followUps.length).toBeLessThanOrEqual(200)
  expect(new Set(lines).size).toBe(lines.length)
})

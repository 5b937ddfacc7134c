import { expect, test } from 'bun:test'
import { followUps } from './follow-ups.ts'
import { ask, type Case, faultOf, linesOf, readCase } from './offline-evaluation.ts'
import { offTopicQuestions, singleQuestions } from './questions.ts'
import { secondBatch } from './second-batch.ts'

async function scoreOf(cases: Case[]): Promise<{ share: number; faults: string[] }> {
  const faults: string[] = []
  for (const one of cases) {
    const fault = faultOf(one, await ask(one.before, one.question))
    if (fault !== undefined) faults.push(fault)
  }
  return { share: 1 - faults.length / cases.length, faults }
}

function expectGood({ share, faults }: { share: number; faults: string[] }): void {
  if (share < 0.95)
    throw new Error(`Only ${Math.round(share * 100)} % right:\n${faults.join('\n')}`)
  expect(share).toBeGreaterThanOrEqual(0.95)
}

test('questions that stand alone reach the right specialists and tools', async () => {
  expectGood(await scoreOf(linesOf(singleQuestions).map((line) => readCase(line))))
})

test('questions about other things are declined kindly', async () => {
  expectGood(
    await scoreOf(linesOf(offTopicQuestions).map((line) => readCase(`${line} => (nobody)`))),
  )
})

test('questions that need the turn before reach the right specialists and tools', async () => {
  expectGood(await scoreOf(followUps.map(({ before, next }) => readCase(next, before))))
})

test('a second batch, written after the rules, reaches the right specialists and tools', async () => {
  expectGood(await scoreOf(linesOf(secondBatch).map((line) => readCase(line))))
})

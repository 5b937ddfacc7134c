import { expect, test } from 'bun:test'
import { ask, badlyWritten, faultOf } from './offline-evaluation.ts'
import { questionLists } from './question-lists.ts'

test.each(Object.entries(questionLists))(
  '%s reach the right specialists and tools, or are declined kindly',
  async (_, list) => {
    const faults: string[] = []
    const badly: string[] = []
    for (const one of list) {
      const outcome = await ask(one.before, one.question)
      badly.push(...badlyWritten(outcome))
      const fault = faultOf(one, outcome)
      if (fault !== undefined) faults.push(fault)
    }
    const share = 1 - faults.length / list.length
    if (share < 0.95)
      throw new Error(`Only ${Math.round(share * 100)} % right:\n${faults.join('\n')}`)
    expect(badly).toEqual([])
    expect(share).toBeGreaterThanOrEqual(0.95)
  },
)

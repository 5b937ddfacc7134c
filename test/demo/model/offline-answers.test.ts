import { expect, test } from 'bun:test'
import { ask } from './offline-evaluation.ts'

async function answerTo(question: string): Promise<string> {
  const { answers, rejected } = await ask([], question)
  return [...answers, rejected ?? ''].join('\n')
}

test('a number per group is a table of numbers, and not a list of all', async () => {
  const answer = await answerTo('open incidents per priority')
  expect(answer).toStartWith('**14** incidents are open')
  expect(answer).toContain('| P1 critical | 2 | INC0010038, INC0010037 |')
  expect(answer).not.toContain('Customer orders are not loaded')
})

test('who has the most is told first', async () => {
  expect(await answerTo('which service has the most open incidents?')).toMatch(
    /^\*\*[^*]+\*\*.* the most: \*\*2\*\* each of \*\*14\*\* open incidents\./,
  )
})

test('the oldest one is told first, with its age and its owner', async () => {
  expect(await answerTo('what is the oldest open incident and who owns it?')).toStartWith(
    'The oldest of **14** open incidents is **INC0010020: ',
  )
})

test('compared values are counted one by one', async () => {
  const answer = await answerTo('compare the number of emergency and standard changes in October')
  expect(answer).toContain('| standard | 5 |')
  expect(answer).toContain('| emergency | 1 |')
})

test('what cannot be worked out is said', async () => {
  expect(await answerTo('average time to resolve P1 incidents')).toContain('I cannot work out')
  expect(await answerTo('which pipeline takes the longest?')).toContain(
    'does not tell how long runs take',
  )
  expect(await answerTo('P4 changes')).toContain('Changes have a risk and no priority')
})

test('"scheduled for" is a time and no state', async () => {
  const { first } = await ask([], 'changes scheduled for Friday')
  expect(first).toEqual([
    {
      tool: 'list_change_requests',
      args: { planned_from: '2026-11-27T00:00:00.000Z', planned_to: '2026-11-27T23:59:59.999Z' },
    },
  ])
})

test('whether a change caused incidents is answered with yes or no', async () => {
  expect(await answerTo('did CHG0030410 cause incidents?')).toMatch(/^Yes: .*\*\*INC0010033\*\*\./)
  expect(await answerTo('did CHG0030411 cause incidents?')).toStartWith('No: ')
})

test('one of something is one', async () => {
  expect(await answerTo('incidents caused by CHG0030409')).toStartWith(
    '**1** incident caused by CHG0030409 is on record, and it is critical (P1).',
  )
})

test.each(['close INC0010038', 'please approve CHG0030417', 'restart customer-orders-daily'])(
  '"%s" is declined, because the assistant only reads',
  async (question) => {
    const { agents, rejected } = await ask([], question)
    expect(agents).toEqual([])
    expect(rejected).toContain('I can only read')
  },
)

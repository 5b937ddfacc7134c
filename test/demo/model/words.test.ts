import { expect, test } from 'bun:test'
import { createPlayer, textOf } from './player.ts'

/** A Wednesday. */
const ask = createPlayer('2026-08-05T10:00:00.000Z')

async function argsOf(question: string) {
  return (await ask(question)).calls.map(({ args: { limit, ...args } }) => args)
}

test.each([
  ['Is Azure Monitor healthy?', { service: 'Monitor' }],
  ['low risk changes that touch Monitor', { risk: ['low'], service: 'Monitor' }],
  ['incidents since thurs', { opened_from: '2026-07-30T00:00:00.000Z' }],
  ['incidents since Tuesday', { opened_from: '2026-08-04T00:00:00.000Z' }],
])('only names of weekdays are weekdays: %s', async (question, args) => {
  expect(await argsOf(question)).toEqual([args])
})

test.each([
  'monthly pipelines failed',
  'incidents opened in May',
  'changes planned in May',
  'changes of May',
])('months are not read and not dropped: %s', async (question) => {
  expect(await argsOf(question)).toEqual([])
})

test.each([
  ['incidents opened this month', '2026-08-01T00:00:00.000Z', undefined],
  ['incidents of last month', '2026-07-01T00:00:00.000Z', '2026-07-31T23:59:59.999Z'],
])('this month and the last one are whole months: %s', async (question, from, to) => {
  const [args] = await argsOf(question)
  expect([args?.opened_from, args?.opened_to]).toEqual([from, to])
})

test('"may I see" asks for what is behind it', async () => {
  expect(await argsOf('may I see the open incidents')).toEqual([{ state: ['open'] }])
})

test.each([
  ['Which changes were made on friday?', '2026-07-31'],
  ['What changed on monday?', '2026-08-03'],
  ['Which changes happened on friday?', '2026-07-31'],
  ['What is being changed on friday?', '2026-08-07'],
  ['What happened on friday?', '2026-07-31'],
  ['Were there any changes and incidents on friday?', '2026-07-31'],
  ['closed changes on friday', '2026-07-31'],
  ['What will be changed on friday?', '2026-08-07'],
  ['What failed yesterday, and which changes are planned for friday?', '2026-08-07'],
  ['changes on friday', '2026-08-07'],
])('changes are looked up in the past if the question is about it: %s', async (question, day) => {
  const starts = (await argsOf(question)).flatMap((args) => args.planned_from ?? [])
  expect(starts).toEqual([`${day}T00:00:00.000Z`])
})

test('more look-ups than are made for one question are named', async () => {
  const numbers = Array.from({ length: 10 }, (_, at) => `INC00100${30 + at}`)
  const outcome = await ask(`show ${numbers.join(', ')}`)
  expect(outcome.calls).toHaveLength(8)
  expect(textOf(outcome)).toMatch(/ℹ️ .*at most 8 .*INC0010038.*INC0010039/)
})

test.each([
  'Which incidents concern me?',
  'incidents for me',
  'Which incidents affect users?',
  'incidents that were reported by users',
  'incidents reported by people',
])('words about persons are not dropped: %s', async (question) => {
  expect(await argsOf(question)).toEqual([])
})

test.each(['show me the open incidents', 'Can you tell me which incidents are open?'])(
  'the one who asks filters nothing: %s',
  async (question) => {
    expect(await argsOf(question)).toEqual([{ state: ['open'] }])
  },
)

test('half a word of a name is no name, but a nickname is', async () => {
  expect(await argsOf('status of data sh?')).toEqual([])
  expect(await argsOf('changes of cloud opera')).toEqual([])
  expect(await argsOf('changes of cloud ops')).toEqual([{ assignment_group: 'Cloud Operations' }])
})

test('only a topic in front of a colon may say nothing', async () => {
  expect(await argsOf('for the handover: open incidents')).toEqual([{ state: ['open'] }])
})

test('the columns of a table stand in the same order for each kind of record', async () => {
  const [head = ''] = textOf(await ask('open incidents')).match(/^\| Number.*$/m) ?? []
  expect(head).toMatch(/^\| Number \| Short description \| Priority \| State \| Service \|/)
})

test('prepositions are not corrected to other words', async () => {
  const { calls, answers } = await ask('incidents regarding Snowflake')
  expect(calls[0]?.args.service).toBe('Snowflake')
  expect(answers[0]).not.toContain('I read')
})

test('an evening may go on into the next morning', async () => {
  expect(await argsOf('incidents between 22:00 and 03:00')).toEqual([
    { opened_from: '2026-08-04T22:00:00.000Z', opened_to: '2026-08-05T03:00:00.000Z' },
  ])
})

import { expect, test } from 'bun:test'
import { createFollowUps } from '../../src/tools/follow-ups.ts'
import { builtIn, createPlayer, sunday, textOf } from '../demo/model/player.ts'

const tools = builtIn(sunday).flatMap((specialist) => specialist.tools)
const suggest = createFollowUps(tools)

test('follow-ups are about what the answer names, then about what was not asked', () => {
  const answer = '**2** change requests: CHG0030412 and CHG0030417, which caused INC0010038.'
  expect(suggest('What will change?', answer)).toEqual([
    'Show me everything about CHG0030412',
    'Show me everything about INC0010038',
    'Which incidents of priority 1 or 2 are open right now?',
  ])
  expect(suggest('Show me everything about CHG0030412', answer)).toEqual([
    'Show me everything about INC0010038',
    'Which incidents of priority 1 or 2 are open right now?',
    'Which pipelines failed in the last 24 hours, and why?',
  ])
  expect(suggest('Is Databricks healthy? Any failed pipeline, incident or change?', '')).toEqual([
    'Is Snowflake healthy?',
    'Is Azure healthy?',
  ])
})

test('the offline model answers every follow-up with a tool', async () => {
  const ask = createPlayer()
  const answers = [
    textOf(await ask('Which incidents are open?')),
    textOf(await ask('open changes')),
  ]
  const questions = new Set(
    [...answers, ''].flatMap((answer) => [
      ...suggest('pipelines, incidents, changes', answer),
      ...suggest('health of databricks, snowflake and azure', answer),
    ]),
  )
  expect(questions.size).toBeGreaterThan(6)
  for (const question of questions) {
    const { calls, rejected } = await ask(question)
    expect([question, rejected, calls.length > 0]).toEqual([question, '', true])
  }
})

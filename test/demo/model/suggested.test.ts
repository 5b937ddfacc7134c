import { expect, test } from 'bun:test'
import { createPlayer, textOf } from './player.ts'

const dayMs = 24 * 3_600_000
const hours = Array.from({ length: 24 }, (_, hour) => {
  return new Date(Date.UTC(2026, 10, 24, hour, 17)).toISOString()
})

/** The records that the answers to a question are made of. */
async function play(question: string, now: string) {
  const outcome = await createPlayer(now)(question)
  return { ...outcome, text: textOf(outcome), at: Date.parse(now) }
}

function rowsIn(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .slice(1)
}

test.each(hours)('the questions of the welcome page are answered completely at %s', async (now) => {
  const incidents = await play('Which incidents of priority 1 or 2 are open right now?', now)
  expect(incidents.text).toContain('INC0010038')
  expect(incidents.text).toContain('INC0010029')
  expect(incidents.text).not.toContain('INC0010034')

  const failed = await play('Which pipelines failed in the last 24 hours, and why?', now)
  const [, total] = /\*\*(\d+)\*\* failed runs?/.exec(failed.text) ?? []
  expect(rowsIn(failed.text)).toHaveLength(Number(total))
  expect(Number(total)).toBeGreaterThan(2)
  const from = String(failed.calls[0]?.args.from)
  expect(failed.at - Date.parse(from)).toBe(dayMs)
  expect(rowsIn(failed.text).every((row) => row.split(' | ')[1]?.length)).toBe(true)

  const wrong = await play('Is there anything wrong with Snowflake or Azure?', now)
  expect(wrong.text).toContain('⚠️ 2 degraded')
  expect(wrong.text).toContain('Storage')
  expect(wrong.text).toMatch(/[Mm]aintenance/)

  const planned = await play('What is planned to change in the next two days?', now)
  const { planned_from, planned_to } = planned.calls[0]?.args ?? {}
  expect(Date.parse(String(planned_to)) - Date.parse(String(planned_from))).toBe(2 * dayMs)
  expect(planned.text).toContain('CHG0030417')

  const both = await play('Which change requests are open, and is Databricks healthy?', now)
  expect(both.questions).toEqual(['Which change requests are open', 'is Databricks healthy'])
  expect(both.answers[0]).toMatch(
    /^\*\*16\*\* change requests[\s\S]*\n\n\*Open change requests\.\*$/,
  )
  expect(both.answers[1]).toMatch(
    /^\*\*9\*\* services of Databricks[\s\S]*\n\n\*Databricks health\.\*/,
  )
})

test('the answer leads with how many and the worst, and says how it was read', async () => {
  const { text } = await play('open incidents', '2026-11-24T03:10:00.000Z')
  const [verdict, worst] = text.split('\n')
  expect(text).toEndWith('\n\n*Open incidents.*')
  expect(verdict).toMatch(/^\*\*\d+\*\* incidents: 2 of priority 1, 4 of priority 2/)
  expect(worst).toMatch(/^⏳ \*\*INC00100(?:37|38)\*\*: /)
  const priorities = rowsIn(text).map((row) => Number(row.split(' | ')[2]))
  expect(priorities).toEqual(priorities.toSorted((a, b) => a - b))
})

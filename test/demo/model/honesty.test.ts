import { expect, test } from 'bun:test'
import { createPlayer, textOf } from './player.ts'
import { questions } from './questions.ts'

const ask = createPlayer()
const lines = Object.values(questions).flatMap((block) => block.trim().split('\n'))
const readable = lines
  .filter((line) => !line.endsWith('nobody'))
  .map((line) => line.split(' => ')[0] ?? '')

test.each([
  'Welche Incidents sind offen?',
  'Ist Databricks gesund?',
  'Welche Pipelines sind heute fehlgeschlagen?',
  'Gibt es Probleme mit Snowflake?',
  '有哪些未解决的事件？',
  'Snowflake 健康吗？',
  'Quels incidents sont ouverts ?',
  'Est-ce que Databricks fonctionne ?',
  '¿Qué pipelines fallaron ayer?',
  'Zijn er open incidenten?',
  'Quali changes sono aperti?',
  'Снежинка работает? Snowflake?',
])('a question in another language is declined: %s', async (question) => {
  const outcome = await ask(question)
  expect(outcome.calls).toEqual([])
  expect(textOf(outcome)).toContain('I do not understand')
})

test.each(['zebra', 'quarterly', 'Timbuktu', 'purple'])(
  'an unknown word is named or the question is declined: "%s"',
  async (word) => {
    const silent: string[] = []
    for (const question of readable) {
      const words = question.split(' ')
      const at = Math.ceil(words.length / 2)
      const changed = [...words.slice(0, at), word, ...words.slice(at)].join(' ')
      const outcome = await ask(changed)
      const isNamed = textOf(outcome).toLowerCase().includes(word.toLowerCase())
      if (!isNamed && outcome.calls.length > 0)
        silent.push(`${changed}: ${textOf(outcome).slice(0, 80)}`)
    }
    expect(silent).toEqual([])
  },
)

test('the reading in an answer names each filter that was sent and no other', async () => {
  const words: Record<string, RegExp> = {
    priority: /priority/i,
    state:
      /\b(?:open|new|in progress|on hold|resolved|closed|canceled|assess|authorize|scheduled|implement|review)\b/i,
    risk: /risk/i,
    service: /\bservice (?!health|desk)/i,
    region: /region/i,
    assignment_group: /assignment group/i,
    text: /text/i,
  }
  for (const question of readable) {
    const { answers, calls, agents } = await ask(question)
    if (agents.length !== 1) continue
    const reading = /^\*[A-Z][^*\n]*\.\*$/m.exec(answers[0] ?? '')?.[0] ?? 'none'
    expect(reading).not.toBe('none')
    for (const [name, pattern] of Object.entries(words)) {
      const isSent = calls.some(
        ({ args }) => name in args || (name === 'state' && 'status' in args),
      )
      expect(`${question}: ${name} ${pattern.test(reading)}`).toBe(`${question}: ${name} ${isSent}`)
    }
  }
})

test.each([
  ['incidents between 5pm and 2pm'],
  ['failed pipelines from friday 18:00 to friday 12:00'],
  ['changes between 2026-12-01 and 2026-11-01'],
  ['failed pipelines at 25:00'],
  ['incidents opened after next week'],
])('a time that makes no sense is declined: %s', async (question) => {
  expect((await ask(question)).calls).toEqual([])
})

test('a name that is not known is not reported as healthy', async () => {
  for (const question of ['status of foo-bar-daily', 'is etl-7 ok', 'incidents for host-99']) {
    const text = textOf(await ask(question))
    expect(text).not.toMatch(/✅|\b0\b/)
    expect(text).toMatch(/known there|I do not understand/)
  }
  expect(textOf(await ask('INC0099999'))).toContain('Nothing named **INC0099999** is known there.')
})

test('corrected words are named', async () => {
  expect(textOf(await ask('opne incidents'))).toContain('I read “opne” as “open”.')
})

test('a capital in a sentence is that of a name, which is corrected to known names only', async () => {
  for (const question of ['Is there a problem in Paris?', 'What are the pipelines in Portland?']) {
    expect((await ask(question)).calls).toEqual([])
  }
  const { calls, answers } = await ask('How is Snowflkae?')
  expect(calls.map(({ tool }) => tool)).toEqual(['check_snowflake_health'])
  expect(answers.join()).toContain('I read “snowflkae” as “snowflake”.')
})

test('a sentence that is not understood is named beside the answer', async () => {
  const text = textOf(await ask('Customers shouted at Bob. Which incidents are open?'))
  expect(text).toMatch(/^\*Open incidents\.\*$/m)
  expect(text).toContain('Customers shouted at Bob')
})

test('no answer contains a missing value', async () => {
  for (const question of readable) {
    const text = textOf(await ask(question))
    expect(text).not.toMatch(/undefined|NaN|\[object|\*{4}| [.,:] |\(\)/)
    expect(text.length).toBeLessThan(20_000)
  }
})

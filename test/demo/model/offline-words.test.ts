import { expect, test } from 'bun:test'
import { readAsks } from '../../../src/demo/model/asks.ts'
import { resolveReferences } from '../../../src/demo/model/reference.ts'
import { editDistance, isSameWord, mentions } from '../../../src/demo/model/words.ts'

test.each([
  ['incidnets', 'incidents', 1],
  ['databrics', 'databricks', 1],
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
])('from %s to %s it is %d letters', (left, right, distance) => {
  expect(editDistance(left, right)).toBe(distance)
})

test('one wrong letter is forgiven in long words and never in short ones or numbers', () => {
  expect(isSameWord('chnages', 'changes')).toBe(true)
  expect(isSameWord('snowflak', 'snowflake')).toBe(true)
  expect(isSameWord('run', 'ran')).toBe(false)
  expect(isSameWord('10023', '10024')).toBe(false)
})

test('a name is found whatever stands between its words', () => {
  expect(mentions('customer-orders-daily', 'customer ordrs')).toBe(true)
  expect(mentions('customer-orders-daily', 'supplier orders')).toBe(false)
})

test.each([
  ['incidnets about databrics', 'incident'],
  ['opne chnages', 'change'],
  ['piplines that faild', 'pipeline'],
  ['is snwoflake healty', 'health'],
])('"%s" is understood', (question, about) => {
  const abouts: string[] = readAsks(question, undefined).asks.map((ask) => ask.about)
  expect(abouts).toContain(about)
})

test.each([
  ['CHG0030412', 'CHG0030412'],
  ['chg 30412', 'CHG0030412'],
  ['change number 30412', 'CHG0030412'],
  ['incident 10023', 'INC0010023'],
  ['INC-10023', 'INC0010023'],
])('%s is the ticket %s', (text, number) => {
  expect(readAsks(`tell me about ${text}`, undefined).asks[0]?.numbers).toEqual([number])
})

const incident = [
  { role: 'user', content: 'Show INC0010038' },
  { role: 'assistant', content: '**INC0010038** was caused by change **CHG0030409**.' },
]

test.each([
  ['who is assigned to it?', 'who is assigned to INC0010038?'],
  ['tell me about that change', 'tell me about CHG0030409'],
  ['Which pipelines failed today?', 'Which pipelines failed today?'],
  ['what is the weather?', 'what is the weather?'],
])('after an incident, "%s" means "%s"', (question, resolved) => {
  expect(resolveReferences(incident, question)).toBe(resolved)
})

test('a part of a question explains the next part', () => {
  expect(
    resolveReferences([], 'did the orders pipeline fail and is there an incident for it'),
  ).toBe('did the orders pipeline fail and is there an incident for the orders pipeline')
})

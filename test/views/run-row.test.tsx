import { expect, test } from 'bun:test'
import type { EventBody } from '../../src/core/event.ts'
import { rowOf, shortArguments } from '../../views/run-row.tsx'
import { events, hostile } from './fixtures.ts'
import { attribute, forbidden, parse } from './markup.ts'

const limits = { agentSeconds: 120, toolSeconds: 30, approvalSeconds: 120 }
const place = { conversation: 'c', run: 'r' }

const wordsOf = (row: string) =>
  parse(row.match(/<span class="words" dir="auto">(.*?)<\/span>/s)?.[1]).text

const lineOf = (body: EventBody) => {
  const [event] = events(body)
  return event ? rowOf(event, event.at, limits, place) : ''
}

test('the words of a row are exactly the label of its event', () => {
  const lines = [
    lineOf({ type: 'agent.invoked', span: 't', agent: 'Triage' }),
    lineOf({ type: 'agent.invoked', span: 's', parent: 't', agent: 'ServiceNow' }),
    lineOf({
      type: 'tool.called',
      span: 'a',
      parent: 's',
      agent: 'ServiceNow',
      tool: 'list_change_requests',
      arguments: '{}',
    }),
    lineOf({
      type: 'tool.finished',
      span: 'a',
      agent: 'ServiceNow',
      tool: 'list_change_requests',
      durationMs: 4,
      preview: '[]',
    }),
  ]
  expect(lines.map(wordsOf)).toEqual([
    '[Triage] agent invoked',
    '[ServiceNow] agent invoked',
    'Calling list_change_requests...',
    'list_change_requests finished',
  ])
})

test('the row of a tool names its agent, its arguments, its parent and its limit', () => {
  const row = lineOf({
    type: 'tool.called',
    span: 'a',
    parent: 's',
    agent: 'ServiceNow',
    tool: 'list_change_requests',
    arguments: '{"state":"open","limit":10}',
  })
  expect(parse(row).text).toBe(
    'ServiceNow › Calling list_change_requests... state=open limit=10 0 s',
  )
  const names = ['data-key', 'data-parent', 'data-name', 'data-limit-seconds', 'data-age-ms']
  expect(names.map((name) => attribute(row, name))).toEqual([
    'span-a',
    'span-s',
    'ServiceNow › list_change_requests',
    '30',
    '0',
  ])
})

test('the row of an end has the mark, the duration and the key of its span', () => {
  const row = lineOf({ type: 'agent.finished', span: 's', agent: 'ServiceNow', durationMs: 6 })
  expect(parse(row).text).toBe('[ServiceNow] agent finished ✓ 6 ms')
  expect(attribute(row, 'data-key')).toBe('span-s')
  expect(attribute(row, 'data-end')).toBe('')
})

test('arguments in one line are short, whatever the model wrote', () => {
  expect(shortArguments('{"a":["x"],"b":null}')).toBe('a=["x"] b=null')
  expect(shortArguments('{"a":')).toBe('{"a":')
  expect(shortArguments('[1]')).toBe('[1]')
  expect(shortArguments(JSON.stringify({ text: 'y'.repeat(5000) })).length).toBeLessThan(80)
})

test('an event without a label renders nothing', () => {
  expect(lineOf({ type: 'run.started', question: 'x' })).toBe('')
  expect(lineOf({ type: 'run.finished', durationMs: 1 })).toBe('')
})

test('the class of a row names its subject and a failure', () => {
  const line = lineOf({
    type: 'tool.failed',
    span: 'a',
    agent: 'X',
    tool: 'x',
    durationMs: 1,
    code: 'deadline',
  })
  expect(attribute(line, 'class')).toBe('row tool failed')
})

test('a hostile name of an agent stays text', () => {
  const line = lineOf({ type: 'agent.invoked', span: 's', agent: hostile })
  expect(wordsOf(line)).toBe(`[${hostile}] agent invoked`)
  expect(forbidden(line)).toEqual([])
})

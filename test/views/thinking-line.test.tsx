import { expect, test } from 'bun:test'
import type { EventBody } from '../../src/core/event.ts'
import { ThinkingLine } from '../../views/thinking-line.tsx'
import { events, hostile } from './fixtures.ts'
import { forbidden, parse } from './markup.ts'

const lineOf = (body: EventBody) => {
  const [event] = events(body)
  return event ? String(<ThinkingLine event={event} />) : ''
}

test('a line contains exactly the label of its event', () => {
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
  expect(lines.map((line) => parse(line).text)).toEqual([
    '[Triage] agent invoked',
    '[ServiceNow] agent invoked',
    'Calling list_change_requests...',
    'list_change_requests finished',
  ])
  for (const line of lines) expect(line).toMatch(/^<li [^>]*>[^<]+<\/li>$/)
})

test('an event without a label renders nothing', () => {
  expect(lineOf({ type: 'run.started', question: 'x' })).toBe('')
  expect(lineOf({ type: 'run.finished', durationMs: 1 })).toBe('')
})

test('the class of a line names its subject and a failure', () => {
  const line = lineOf({
    type: 'tool.failed',
    span: 'a',
    agent: 'X',
    tool: 'x',
    durationMs: 1,
    code: 'deadline',
  })
  expect(line).toContain('class="tool failed"')
})

test('a hostile name of an agent stays text', () => {
  const line = lineOf({ type: 'agent.invoked', span: 's', agent: hostile })
  expect(parse(line).elements).toHaveLength(1)
  expect(parse(line).text).toBe(`[${hostile}] agent invoked`)
  expect(forbidden(line)).toEqual([])
})

import { expect, test } from 'bun:test'
import { type EventBody, label, terminalStatus, thinkingEventSchema } from '../../src/core/event.ts'

const span = { span: '1', agent: 'ServiceNow', durationMs: 5 }
const tool = { ...span, tool: 'list_change_requests' }

const cases: [EventBody, string | undefined][] = [
  [{ type: 'run.started', question: 'x' }, undefined],
  [{ type: 'agent.invoked', span: '1', agent: 'Triage' }, '[Triage] agent invoked'],
  [{ type: 'agent.finished', ...span }, '[ServiceNow] agent finished'],
  [
    { type: 'agent.failed', ...span, code: 'deadline' },
    '[ServiceNow] agent failed: The time limit was reached.',
  ],
  [{ type: 'agent.stopped', ...span, code: 'stopped' }, '[ServiceNow] agent stopped'],
  [
    {
      type: 'tool.called',
      span: '2',
      parent: '1',
      agent: 'ServiceNow',
      tool: 'x',
      arguments: '{}',
    },
    'Calling x...',
  ],
  [{ type: 'tool.finished', ...tool, preview: '' }, 'list_change_requests finished'],
  [
    { type: 'tool.failed', ...tool, code: 'tool_failed' },
    'list_change_requests failed: The source system did not answer as expected.',
  ],
  [
    {
      type: 'tool.failed',
      ...tool,
      code: 'source_auth',
      reason: 'ServiceNow refused the credentials.',
    },
    'list_change_requests failed: ServiceNow refused the credentials.',
  ],
  [{ type: 'tool.stopped', ...tool, code: 'stopped' }, 'list_change_requests stopped'],
  [{ type: 'gap', from: 3, to: 14 }, '… 12 earlier events are no longer kept'],
  [{ type: 'gap', from: 3, to: 3 }, '… 1 earlier event is no longer kept'],
  [{ type: 'run.finished', durationMs: 1 }, undefined],
]

test.each(cases)('the label of %o is the text of the seed', (event, expected) => {
  expect(label(event)).toBe(expected)
})

test('a decision has a label only for several specialists or a rejection', () => {
  const decided = (agents: string[], rejected?: string): EventBody => ({
    type: 'triage.decided',
    tasks: agents.map((agent) => ({ agent, question: 'x' })),
    skipped: [],
    ...(rejected !== undefined && { rejected }),
  })
  expect(label(decided(['ServiceNow', 'Service Health']))).toBe('Asking ServiceNow, Service Health')
  expect(label(decided(['ServiceNow']))).toBeUndefined()
  expect(label(decided([], 'No poems.'))).toBe('Outside what I can help with')
})

test('only the last event of a run has a status', () => {
  expect(terminalStatus({ type: 'run.interrupted', durationMs: 1 })).toBe('interrupted')
  expect(terminalStatus({ type: 'agent.failed', ...span, code: 'internal' })).toBeUndefined()
})

test.each(cases)('%o is unchanged after it was stored as JSON', (body) => {
  const event = { ...body, seq: 1, at: 2 }
  expect(thinkingEventSchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event)
})

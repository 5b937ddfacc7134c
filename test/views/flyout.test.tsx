import { describe, expect, test } from 'bun:test'
import type { EventBody } from '../../src/core/event.ts'
import { Flyout } from '../../views/flyout.tsx'
import type { ModelPrices } from '../../views/types.ts'
import { events, hostile, turn } from './fixtures.ts'
import { attribute, forbidden, parse } from './markup.ts'

const asked: EventBody[] = [
  { type: 'run.started', question: 'Is all well?' },
  { type: 'agent.invoked', span: 't', agent: 'Triage' },
  {
    type: 'triage.decided',
    tasks: [{ agent: 'ServiceNow', question: 'Which changes are open?' }],
    skipped: ['Log Analytics'],
  },
  { type: 'agent.invoked', span: 's', parent: 't', agent: 'ServiceNow', task: 'Look for changes.' },
  {
    type: 'tool.called',
    span: 'a',
    parent: 's',
    agent: 'ServiceNow',
    tool: 'list_change_requests',
    arguments: '{"state":"open"}',
  },
]
const answered: EventBody[] = [
  {
    type: 'tool.finished',
    span: 'a',
    agent: 'ServiceNow',
    tool: 'list_change_requests',
    durationMs: 412,
    preview: '{"total":',
    truncated: true,
  },
  {
    type: 'agent.finished',
    span: 's',
    agent: 'ServiceNow',
    durationMs: 1800,
    usage: { inputTokens: 1834, outputTokens: 212 },
  },
  { type: 'agent.finished', span: 't', agent: 'Triage', durationMs: 3200 },
  { type: 'run.finished', durationMs: 3412 },
]

const context = { now: 5000, limits: { agentSeconds: 120, toolSeconds: 30, approvalSeconds: 120 } }

describe('the flyout', () => {
  const counts = { agents: 2, tools: 1, failed: 0 }
  const html = String(
    <Flyout {...context} turn={turn({ counts })} events={events(...asked, ...answered)} />,
  )
  const { text } = parse(html)

  test('lists all events of a run in order, with their offset and duration', () => {
    expect(text).toContain('[Triage] agent invoked +0.1 s')
    expect(text).toContain('Calling list_change_requests... +0.4 s')
    expect(text).toContain('list_change_requests finished 412 ms +0.5 s')
    expect(text).toContain('[Triage] agent finished 3.2 s +0.7 s')
    expect(text).toContain('Thinking finished 2 agents · 1 tool · 3.4 s')
  })

  test('shows which specialists were asked what, which were not, and the tokens used', () => {
    expect(text).toContain('ServiceNow Which changes are open? Not asked: Log Analytics')
    expect(text).toContain('Look for changes.')
    expect(text).toContain('1,834 tokens in, 212 out')
  })

  test('shows the arguments and the result of a tool, and marks a shortened result', () => {
    expect(html).toContain('{\n  &quot;state&quot;: &quot;open&quot;\n}')
    expect(html).toContain('<pre dir="auto">{&quot;total&quot;:</pre>')
    expect(text).toContain('Result shortened')
  })

  test('nests a tool below its specialist, and the specialist below triage', () => {
    const upToTool = html.slice(html.indexOf('class="rows"'), html.indexOf('id="step-5"'))
    expect(upToTool.match(/<ol/g)).toHaveLength(2)
    expect(upToTool).not.toContain('</ol>')
  })

  test('has a bar with the exact times for each agent and tool, which links to its step', () => {
    const bars = parse(html).elements.filter(({ tag }) => tag === 'a')
    const labelOf = ({ attributes }: (typeof bars)[number]) =>
      ['href', 'aria-label'].map((name) => attributes.find(([key]) => key === name)?.[1])
    expect(bars.map(labelOf)).toContainEqual([
      '#step-5',
      'ServiceNow › list_change_requests: finished, +400 ms to +500 ms, 412 ms',
    ])
    expect(html).toContain('id="step-5"')
  })

  test('shows the cost of a model whose price is known', () => {
    const started: EventBody = { type: 'run.started', question: 'x', model: 'm1' }
    const all = events(started, ...asked.slice(1), ...answered)
    const prices = { m1: { input: 1, output: 10 } }
    const cost = (given?: typeof prices) =>
      parse(<Flyout {...context} turn={turn()} events={all} prices={given} />).text
    expect(cost(prices)).toContain('Tokens 1,834 in, 212 out Cost $0.0040')
    expect(cost()).not.toContain('Cost')
  })

  test.each([
    ['a fallback model', { fallback: 'm2' }],
    ['the own model of an agent', { model: 'm2' }],
  ])('shows the cost of %s by its own price, and none if that is not known', (_, other) => {
    const started: EventBody = { type: 'run.started', question: 'x', model: 'm1' }
    const byOther = answered.map(
      (event): EventBody => (event.type === 'agent.finished' ? { ...event, ...other } : event),
    )
    const all = events(started, ...asked.slice(1), ...byOther)
    const cost = (given: ModelPrices) =>
      parse(<Flyout {...context} turn={turn()} events={all} prices={given} />).text
    const m1 = { input: 9, output: 9 }
    expect(cost({ m1, m2: { input: 1, output: 10 } })).toContain('Cost $0.0040')
    expect(cost({ m1 })).not.toContain('Cost')
  })

  test('has a close link to the conversation that works without JavaScript', () => {
    expect(html).toContain('class="icon-button flyout-close" href="/conversations/c1"')
    expect(text).toContain('✕')
  })
})

test('the flyout of a run in progress shows its state and loads itself after new rows and at the end', () => {
  const html = String(
    <Flyout {...context} turn={turn({ status: 'running' })} events={events(...asked)} />,
  )
  expect(parse(html).text).toContain('Still thinking')
  expect(html).toContain('class="row tool running"')
  expect(attribute(html, 'hx-trigger')).toBe('rows throttle:500ms, done from:body')
  expect(attribute(html, 'hx-swap')).toBe('outerMorph')
})

test('the flyout shows the reason of a failure, the text of a refusal, and the size of a gap', () => {
  const { text } = parse(
    <Flyout
      {...context}
      turn={turn({ status: 'failed', error: 'The model is busy.' })}
      events={events(
        { type: 'gap', from: 1, to: 12 },
        { type: 'agent.invoked', span: 't', agent: 'Triage' },
        { type: 'triage.decided', tasks: [], skipped: [], rejected: 'I only know operations.' },
        {
          type: 'tool.failed',
          span: 'lost',
          agent: 'X',
          tool: 'x',
          durationMs: 5,
          code: 'deadline',
        },
      )}
    />,
  )
  expect(text).toContain('The model is busy.')
  expect(text).toContain('… 12 earlier events are no longer kept')
  expect(text).toContain('Outside what I can help with')
  expect(text).toContain('I only know operations.')
  expect(text).toContain('x failed: The time limit was reached.')
})

test('of a run with much data, the flyout formats the first 64 KiB and shows the rest as it is', () => {
  const preview = JSON.stringify([{ a: 'x'.repeat(8000) }])
  const tools = Array.from({ length: 12 }, (_, index): EventBody[] => [
    { type: 'tool.called', span: `${index}`, parent: 's', agent: 'X', tool: 'x', arguments: '{}' },
    { type: 'tool.finished', span: `${index}`, agent: 'X', tool: 'x', durationMs: 1, preview },
  ])
  const html = String(<Flyout {...context} turn={turn()} events={events(...tools.flat())} />)
  expect(html.match(/<table/g)).toHaveLength(8)
  expect(html.match(/<summary>Arguments and result/g)).toHaveLength(12)
})

test('hostile text in tools, arguments and results stays text', () => {
  const long = hostile + 'A'.repeat(5000)
  const html = String(
    <Flyout
      {...context}
      turn={turn({ question: long, error: long, status: 'failed' })}
      events={events(
        { type: 'agent.invoked', span: 's', agent: long, task: long },
        {
          type: 'triage.decided',
          tasks: [{ agent: long, question: long }],
          skipped: [long],
          rejected: long,
        },
        { type: 'tool.called', span: 'a', parent: 's', agent: long, tool: long, arguments: long },
        { type: 'tool.finished', span: 'a', agent: long, tool: long, durationMs: 1, preview: long },
      )}
    />,
  )
  expect(forbidden(html)).toEqual([])
  expect(parse(html).elements.map(({ tag }) => tag)).not.toContain('img')
  expect(parse(html).text.split(hostile).length - 1).toBe(17)
})

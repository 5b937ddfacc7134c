import { expect, test } from 'bun:test'
import type { EventBody } from '../../src/core/event.ts'
import { earlyParts } from '../../views/early-part.tsx'
import { events, hostile } from './fixtures.ts'
import { forbidden, parse } from './markup.ts'

const render = (body: EventBody) => events(body).map(earlyParts).join('')

const task = (agent: string) => ({ agent, question: 'q' })
const end = { span: '2', agent: 'ServiceNow', durationMs: 1 }

test('a decision for several specialists gives each a place, in their order', () => {
  const html = render({ type: 'triage.decided', tasks: [task('B'), task('A')], skipped: [] })
  expect(parse(html).text).toBe('B Working on it. A Working on it.')
  expect(html.match(/data-place/g)).toHaveLength(2)
})

test('a decision for one specialist adds nothing', () => {
  expect(render({ type: 'triage.decided', tasks: [task('A')], skipped: [] })).toBe('')
  expect(render({ type: 'agent.finished', ...end })).toBe('')
})

test('the end of a specialist brings its section', () => {
  const html = render({ type: 'agent.finished', ...end, part: '**5** are open. [1]' })
  expect(html).toContain('<strong>5</strong> are open. [1]')
  expect(html).toContain('data-agent="ServiceNow"')
  const failed = render({ type: 'agent.failed', ...end, code: 'deadline' })
  expect(parse(failed).text).toBe('ServiceNow This part is missing.')
})

test('hostile texts stay texts, and cannot pass for a part', () => {
  const part = `${hostile}\n\n<section class="part section" data-agent="Other" data-place>`
  const html = render({ type: 'agent.finished', ...end, agent: hostile, part })
  expect(forbidden(html)).toEqual([])
  expect(parse(html).elements.filter(({ tag }) => tag === 'section')).toHaveLength(1)
})

test('the readers of one event share one rendering, and another event has its own', () => {
  const [one, other] = events(
    { type: 'agent.finished', ...end, part: 'first' },
    { type: 'agent.finished', ...end, part: 'second' },
  )
  if (one === undefined || other === undefined) throw new Error('no events')
  expect(earlyParts(one)).toBe(earlyParts(one))
  expect(earlyParts(one)).toContain('first')
  expect(earlyParts(other)).toContain('second')
})

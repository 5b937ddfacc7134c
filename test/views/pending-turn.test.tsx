import { expect, test } from 'bun:test'
import { PendingTurn } from '../../views/pending-turn.tsx'
import { hostile } from './fixtures.ts'
import { attribute, parse } from './markup.ts'

test('a pending turn posts its question and its run id, and nothing else', () => {
  const { elements } = parse(<PendingTurn conversation="c1" run="r1" question="Why?" />)
  const fields = elements.filter(({ attributes }) => attributes.some(([name]) => name === 'name'))
  expect(fields.map(({ attributes }) => Object.fromEntries(attributes))).toEqual([
    { type: 'hidden', name: 'message', value: 'Why?' },
    { type: 'hidden', name: 'run', value: 'r1' },
  ])
})

test('quotes, line breaks, markup and emoji reach the server unchanged', () => {
  const question = `${hostile}\nline two "quoted" 'so' \u{1f525}`
  const { elements } = parse(<PendingTurn conversation="c1" run="r1" question={question} />)
  const field = elements.find(({ attributes }) =>
    attributes.some(([, value]) => value === 'message'),
  )
  expect(Object.fromEntries(field?.attributes ?? []).value).toBe(question)
})

test('a pending turn posts itself once when it is inserted, and stays after a 202', () => {
  const html = String(<PendingTurn conversation="c1" run="r1" question="Why?" />)
  expect(attribute(html, 'hx-post')).toBe('/conversations/c1/messages')
  expect(attribute(html, 'hx-trigger')).toBe('load, repost')
  expect(attribute(html, 'hx-sync')).toBe('this:drop')
  expect(attribute(html, 'hx-status:202')).toBe('swap:none')
  expect(attribute(html, 'hx-sse:connect')).toBe('/conversations/c1/thinking?run=r1')
})

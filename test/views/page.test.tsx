import { describe, expect, test } from 'bun:test'
import { Chat } from '../../views/chat.tsx'
import { ErrorNote } from '../../views/error-note.tsx'
import { ErrorPage } from '../../views/error-page.tsx'
import { Page } from '../../views/page.tsx'
import type { Conversation } from '../../views/types.ts'
import { entry, events, hostile, shell, turn } from './fixtures.ts'
import { attribute, forbidden, parse } from './markup.ts'

const conversation: Conversation = {
  id: 'c1',
  title: hostile,
  model: 'm2',
  turns: [turn(), turn({ run: 'r2', status: 'running' })],
}
const sidebar = { entries: [entry({ title: hostile })], current: 'c1' }

describe('a page', () => {
  const welcome = String(<Page shell={shell} sidebar={{ entries: [] }} nextRun="r9" />)
  const full = String(
    <Page
      shell={shell}
      sidebar={sidebar}
      conversation={conversation}
      nextRun="r9"
      flyout={{ turn: turn(), events: events({ type: 'run.started', question: hostile }) }}
    />,
  )

  test('is a whole document that our content policy accepts', () => {
    for (const html of [welcome, full]) {
      expect(html).toStartWith('<!doctype html><html lang="en">')
      expect(forbidden(html)).toEqual([])
      expect(parse(html).elements.filter(({ tag }) => tag === 'h1')).toHaveLength(1)
      expect(parse(html).elements.filter(({ tag }) => tag === 'main')).toHaveLength(1)
    }
  })

  test('asks the first question as a form that works without a script', () => {
    const form = welcome.match(/<form id="composer".*?<\/form>/s)?.[0]
    expect(attribute(form, 'action')).toBe('/conversations')
    expect(attribute(form, 'method')).toBe('post')
    expect(form).toContain('name="run" value="r9"')
    expect(welcome).toContain('form="composer"')
  })

  test('asks in a conversation at its own address, for its own model', () => {
    const form = full.match(/<form id="composer".*?<\/form>/s)?.[0]
    expect(attribute(form, 'action')).toBe('/conversations/c1/messages')
    expect(full).toContain('<option value="m2" selected="">')
  })

  test('has one id of a kind, the template aside', () => {
    const ids = parse(full.replace(/<template.*<\/template>/s, ''))
      .elements.flatMap(({ attributes }) => attributes)
      .filter(([name]) => name === 'id')
    expect(new Set(ids.map(([, id]) => id)).size).toBe(ids.length)
  })

  test('with a flyout marks the run that is open, and without one keeps its place', () => {
    expect(full).toMatch(/id="thinking-r1"[^>]*aria-expanded="true"/)
    expect(full).toMatch(/id="thinking-r2"[^>]*aria-expanded="false"/)
    expect(welcome).toContain('<aside id="flyout" class="flyout" hidden=""></aside>')
  })
})

test('the chat of a new conversation holds the question that posts itself', () => {
  const html = String(
    <Chat
      conversation={{ ...conversation, turns: [] }}
      models={shell.models}
      nextRun="r9"
      pending={{ run: 'r3', question: hostile }}
    />,
  )
  expect(html).toMatch(/id="run-r3"[^>]*hx-post="\/conversations\/c1\/messages"/)
  expect(html).toContain('<template id="pending-turn">')
  expect(forbidden(html)).toEqual([])
})

test('an error says what, and under which number to ask about it', () => {
  expect(parse(<ErrorNote message={hostile} requestId="q1" />).text).toBe(`${hostile} Request q1`)
  expect(String(<ErrorNote message="x" />)).toContain('class="error-note"')
})

test('an error page says what, as text', () => {
  const html = String(<ErrorPage shell={shell} status={404} message={hostile} requestId="q1" />)
  expect(parse(html).text).toContain('404')
  expect(forbidden(html)).toEqual([])
  expect(html).toContain('<html lang="en">')
})

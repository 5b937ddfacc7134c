import { describe, expect, test } from 'bun:test'
import { raw } from 'hono/html'
import { Chat } from '../../views/chat.tsx'
import { ErrorNote } from '../../views/error-note.tsx'
import { ErrorPage } from '../../views/error-page.tsx'
import { Flyout } from '../../views/flyout.tsx'
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
const flyout = {
  turn: turn(),
  events: events({ type: 'run.started', question: hostile }),
  now: 5000,
  limits: { agentSeconds: 120, toolSeconds: 30, approvalSeconds: 120 },
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
      flyout={{ run: flyout.turn.run, html: raw(String(<Flyout {...flyout} />)) }}
    />,
  )

  test('is a complete document that the content policy accepts', () => {
    for (const html of [welcome, full]) {
      expect(html).toStartWith('<!doctype html><html lang="en">')
      expect(forbidden(html)).toEqual([])
      expect(parse(html).elements.filter(({ tag }) => tag === 'h1')).toHaveLength(1)
      expect(parse(html).elements.filter(({ tag }) => tag === 'main')).toHaveLength(1)
    }
  })

  test('asks the first question with a form that works without JavaScript', () => {
    const form = welcome.match(/<form id="composer".*?<\/form>/s)?.[0]
    expect(attribute(form, 'action')).toBe('/conversations')
    expect(attribute(form, 'method')).toBe('post')
    expect(form).toContain('name="run" value="r9"')
    expect(form).not.toContain('hx-post')
    expect(welcome).toContain('form="composer"')
  })

  test('creates the conversation of the first question with only the model', () => {
    const { elements } = parse(welcome)
    const creating = elements.filter(({ attributes }) =>
      attributes.some(([name, value]) => name === 'hx-post' && value === '/conversations'),
    )
    expect(creating.map(({ attributes }) => Object.fromEntries(attributes))).toEqual([
      expect.objectContaining({
        id: 'new-conversation',
        'hx-trigger': 'create',
        'hx-include': '#model',
        'hx-target': '#chat',
        'hx-status:4xx': 'target:#composer-note swap:innerHTML',
        'hx-status:5xx': 'target:#composer-note swap:innerHTML',
      }),
    ])
    // Inside a form, the request would contain the fields of that form.
    for (const form of welcome.match(/<form.*?<\/form>/gs) ?? []) {
      expect(form).not.toContain('new-conversation')
    }
  })

  test('loads htmx and its extension before the script of the page, without defer', () => {
    const scripts = parse(full)
      .elements.filter(({ tag }) => tag === 'script')
      .map(({ attributes }) => Object.fromEntries(attributes))
    expect(scripts).toEqual([
      { src: '/htmx.js' },
      { src: '/sse.js' },
      { type: 'module', src: '/app.js' },
    ])
  })

  test('posts later questions to the conversation and selects its model', () => {
    const form = full.match(/<form id="composer".*?<\/form>/s)?.[0]
    expect(attribute(form, 'action')).toBe('/conversations/c1/messages')
    expect(attribute(form, 'maxlength')).toBe('16384')
    expect(full).toContain('<option value="m2" selected="">')
    expect(full).not.toContain('id="new-conversation"')
  })

  test('has no duplicate id outside the template', () => {
    const ids = parse(full.replace(/<template.*<\/template>/s, ''))
      .elements.flatMap(({ attributes }) => attributes)
      .filter(([name]) => name === 'id')
    expect(new Set(ids.map(([, id]) => id)).size).toBe(ids.length)
  })

  test('marks the run in the flyout, and has a hidden flyout without one', () => {
    expect(full).toMatch(/id="thinking-r1"[^>]*aria-expanded="true"/)
    expect(full).toMatch(/id="thinking-r2"[^>]*aria-expanded="false"/)
    expect(welcome).toContain('<aside id="flyout" class="flyout" hidden=""></aside>')
  })
})

test('a new conversation has no turn, but a template for questions that post themselves', () => {
  const html = String(
    <Chat shell={shell} conversation={{ ...conversation, turns: [] }} nextRun="r9" />,
  )
  const [turns = '', template = ''] = html.split('<template id="pending-turn">')
  expect(turns).not.toContain('class="turn"')
  expect(template).toMatch(/id="run-__run__"[^>]*hx-post="\/conversations\/c1\/messages"/)
  expect(forbidden(html)).toEqual([])
})

test('a notice that names the only model takes the place of the selection', () => {
  const models = [{ id: 'offline', name: 'Offline model' }]
  const chat = (notices: string[]) =>
    String(<Chat shell={{ ...shell, models, notices }} nextRun="r9" />)
  expect(chat(['Offline model', 'Sample data']).match(/Offline model/g)).toHaveLength(1)
  expect(chat(['Offline model'])).not.toContain('id="model"')
  expect(chat([])).toContain('id="model"')
})

test('an error note shows the sentence and the request id', () => {
  expect(parse(<ErrorNote message={hostile} requestId="q1" />).text).toBe(`${hostile} Request q1`)
  expect(String(<ErrorNote message="x" />)).toContain('class="error-note"')
})

test('an error page shows the status and the sentence as text', () => {
  const html = String(<ErrorPage shell={shell} status={404} message={hostile} requestId="q1" />)
  expect(parse(html).text).toContain('404')
  expect(forbidden(html)).toEqual([])
  expect(html).toContain('<html lang="en">')
})

import { expect, test } from 'bun:test'
import { Sidebar, SidebarList } from '../../views/sidebar.tsx'
import { SidebarItem } from '../../views/sidebar-item.tsx'
import { entry, hostile, shell } from './fixtures.ts'
import { attribute, forbidden, parse } from './markup.ts'

const { limits } = shell

test('the sidebar shows the user', () => {
  const { text } = parse(<Sidebar shell={shell} page={{ entries: [] }} />)
  expect(text).toContain('Dana')
  expect(text).toContain('No conversations yet.')
})

test('only the open conversation is marked as current', () => {
  const page = { entries: [entry(), entry({ id: 'c2' })], current: 'c2' }
  const current = parse(<SidebarList page={page} limits={limits} />).elements.filter(
    ({ attributes }) => attributes.some(([name]) => name === 'aria-current'),
  )
  expect(current.map(({ attributes }) => Object.fromEntries(attributes).href)).toEqual([
    '/conversations/c2',
  ])
})

test('"Show more" is replaced by the next page', () => {
  const page = { entries: [entry()], nextCursor: 'a&b' }
  const more = String(<SidebarList page={page} limits={limits} />).match(
    /<li class="more">.*<\/li>/s,
  )?.[0]
  expect(attribute(more, 'hx-get')).toBe('/conversations?cursor=a%26b')
  expect(attribute(more, 'hx-target')).toBe('closest li')
})

test('a search without a match shows a note', () => {
  const { text } = parse(<SidebarList page={{ entries: [], query: 'x' }} limits={limits} />)
  expect(text).toContain('No conversation matches.')
})

test('a search marks the matching words, and a hostile snippet stays text', () => {
  const piece = (text: string, isMatch: boolean) => ({ text, isMatch })
  const found = {
    title: [piece('Open ', false), piece('changes', true)],
    snippet: [piece(hostile, false), piece(hostile, true)],
  }
  const page = { entries: [entry({ found })], query: 'changes' }
  const html = String(<SidebarList page={page} limits={limits} />)
  expect(html).toContain('Open <mark>changes</mark>')
  expect(forbidden(html)).toEqual([])
  expect(parse(html).elements.filter(({ tag }) => tag === 'mark')).toHaveLength(2)
  expect(parse(html).elements.map(({ tag }) => tag)).not.toContain('img')
})

test('a search with more matches than the list shows says so', () => {
  const page = { entries: [entry()], query: 'x', isCut: true }
  expect(parse(<SidebarList page={page} limits={limits} />).text).toContain(
    'These are the best 1 matches.',
  )
})

test('an item in another response moves to the top of today', () => {
  const html = String(<SidebarItem entry={entry()} limits={limits} current oob />)
  expect(html).toStartWith('<li id="conversation-c1" hx-swap-oob="delete"></li>')
  expect(html).toContain('<ul hx-swap-oob="afterend:#today"><li id="conversation-c1"')
})

test('deleting waits for the script, and is a form without JavaScript', () => {
  const html = String(<SidebarItem entry={entry()} limits={limits} />)
  const button = html.match(/<button[^>]*class="delete".*?<\/button>/s)?.[0]
  expect(attribute(button, 'hx-delete')).toBe('/conversations/c1')
  expect(attribute(button, 'hx-trigger')).toBe('delete')
  expect(html).not.toContain('hx-confirm')
  const forms = html.match(/<noscript>.*<\/noscript>/s)?.[0] ?? ''
  expect([...forms.matchAll(/action="([^"]*)"/g)].map(([, action]) => action)).toEqual([
    '/conversations/c1/title',
    '/conversations/c1/delete',
  ])
})

test('a hostile title stays text everywhere', () => {
  const hostileEntry = entry({
    id: hostile,
    title: hostile,
    lastRun: { id: hostile, status: 'running' },
  })
  const html = String(<SidebarItem entry={hostileEntry} limits={limits} />)
  expect(forbidden(html)).toEqual([])
  expect(parse(html).elements.map(({ tag }) => tag)).not.toContain('img')
  expect(attribute(html, 'title')).toBe(hostile)
})

test('the fields for a search and a title repeat the limits of the server', () => {
  const html = String(<Sidebar shell={shell} page={{ entries: [entry()] }} />)
  const lengths = parse(html)
    .elements.map(({ attributes }) => Object.fromEntries(attributes))
    .filter(({ maxlength }) => maxlength !== undefined)
    .map(({ name, maxlength }) => [name, maxlength])
  expect(lengths).toEqual([
    ['q', '100'],
    ['title', '200'],
  ])
})

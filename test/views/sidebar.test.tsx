import { expect, test } from 'bun:test'
import { Sidebar, SidebarList } from '../../views/sidebar.tsx'
import { SidebarItem } from '../../views/sidebar-item.tsx'
import { entry, hostile, shell } from './fixtures.ts'
import { attribute, forbidden, parse } from './markup.ts'

test('the sidebar names the user and what is not real', () => {
  const { text } = parse(<Sidebar shell={shell} page={{ entries: [] }} />)
  expect(text).toContain('Dana')
  expect(text).toContain('Offline model')
  expect(text).toContain('No conversations yet.')
})

test('the open conversation is marked, and no other', () => {
  const page = { entries: [entry(), entry({ id: 'c2' })], current: 'c2' }
  const current = parse(<SidebarList page={page} />).elements.filter(({ attributes }) =>
    attributes.some(([name]) => name === 'aria-current'),
  )
  expect(current.map(({ attributes }) => Object.fromEntries(attributes).href)).toEqual([
    '/conversations/c2',
  ])
})

test('"Show more" keeps what is searched for and takes its own place', () => {
  const page = { entries: [entry()], nextCursor: 'a&b', query: 'snow & ice' }
  const more = String(<SidebarList page={page} />).match(/<li class="more">.*<\/li>/s)?.[0]
  expect(attribute(more, 'hx-get')).toBe('/conversations?q=snow+%26+ice&cursor=a%26b')
  expect(attribute(more, 'hx-target')).toBe('closest li')
})

test('a search that finds nothing says so', () => {
  expect(parse(<SidebarList page={{ entries: [], query: 'x' }} />).text).toBe('Nothing found.')
})

test('an item sent along with an answer leaves its place and goes to the top', () => {
  const html = String(<SidebarItem entry={entry()} current oob />)
  expect(html).toStartWith('<li id="conversation-c1" hx-swap-oob="delete"></li>')
  expect(html).toContain('<ul hx-swap-oob="afterbegin:#conversations"><li id="conversation-c1"')
})

test('deleting takes two steps, and neither is a dialog of the browser', () => {
  const html = String(<SidebarItem entry={entry()} />)
  const step = html.match(/<details>.*<\/details>/s)?.[0]
  expect(attribute(step, 'hx-delete')).toBe('/conversations/c1')
  expect(html).not.toContain('hx-confirm')
})

test('a hostile title is text in every place where it stands', () => {
  const html = String(<SidebarItem entry={entry({ id: hostile, title: hostile, running: true })} />)
  expect(forbidden(html)).toEqual([])
  expect(parse(html).elements.map(({ tag }) => tag)).not.toContain('img')
  expect(attribute(html, 'title')).toBe(hostile)
})

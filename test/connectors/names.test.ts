import { expect, test } from 'bun:test'
import { matchesPattern } from '../../src/connectors/name-pattern.ts'
import { namespacedNames } from '../../src/connectors/tool-name.ts'

test('every tool has a name that OpenAI accepts, and no two have the same', () => {
  const names = ['search', 'a.b', 'a/b', 'größe', 'x'.repeat(200), `${'x'.repeat(199)}y`, 'get-all']
  const given = [...namespacedNames('wiki', names).values()]
  expect(given[0]).toBe('wiki__search')
  expect(given[6]).toBe('wiki__get-all')
  for (const name of given) expect(name).toMatch(/^wiki__[\w-]{1,58}$/)
  expect(new Set(given).size).toBe(names.length)
})

test('the name of a tool does not depend on the tools before it', () => {
  const all = namespacedNames('wiki', ['x'.repeat(100), 'a.b', 'a/b'])
  const some = namespacedNames('wiki', ['a/b', 'x'.repeat(100), 'a.b', 'c'])
  for (const [name, given] of all) expect(some.get(name)).toBe(given)
})

test.each([
  ['*', 'anything', true],
  ['get_*', 'get_user', true],
  ['get_*', 'forget_user', false],
  ['*_user', 'get_user', true],
  ['get_*_user', 'get_user', false],
  ['a*b*c', 'a1b2c', true],
  ['a*a', 'a', false],
  ['exact', 'exactly', false],
])('the pattern %s and the name %s: %p', (pattern, name, expected) => {
  expect(matchesPattern(pattern, name)).toBe(expected)
})

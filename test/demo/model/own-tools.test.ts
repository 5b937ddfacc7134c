import { expect, test } from 'bun:test'
import { z } from 'zod'
import { time } from '../../../src/tools/parameters.ts'
import { defineTool } from '../../../src/tools/tool.ts'
import { builtIn, createPlayer, sunday, textOf } from './player.ts'

const runners = [
  { runner: 'mill-01', status: 'failed', queue: 'builds', error: 'disk | full *now*' },
  { runner: 'mill-02', status: 'succeeded', queue: 'tests' },
]

const listRunners = defineTool({
  name: 'list_build_runners',
  description: 'Lists the build runners, busy or idle, with their queue.',
  parameters: z.object({
    load: z.enum(['busy', 'idle']).exactOptional().describe('Only runners that are busy or idle.'),
    runner: z
      .string()
      .exactOptional()
      .describe('The runner, or part of its name. Example: mill-02'),
    text: z.string().exactOptional().describe('Words that must occur.'),
    seen_since: time('from', 'Only runners that were seen at or after this.'),
  }),
  run: async ({ text }) => ({
    total: text ? 0 : runners.length,
    runners: text ? [] : runners,
  }),
})
const getBlock = defineTool({
  name: 'get_firewall_block',
  description: 'Gets one block of the firewall in full.',
  parameters: z.object({ number: z.string().describe('The number. Example: BLK00042') }),
  run: async ({ number }) =>
    number === 'BLK00042'
      ? { block: { number, title: 'Port 22', rules: [{ port: 22 }] } }
      : { not_found: number },
})
const broken = defineTool({
  name: 'list_certificates',
  description: 'Lists certificates.',
  parameters: z.object({}),
  run: () => Promise.reject(new Error('The vault is sealed.')),
})
const network = {
  name: 'Network',
  description: 'build runners, firewall blocks (BLK…) and certificates.',
  tools: [listRunners, getBlock, broken],
}
const ask = createPlayer(sunday, [...builtIn(sunday), network])

test.each([
  ['Which runners are busy?', 'list_build_runners', { load: 'busy' }],
  ['show the build runners', 'list_build_runners', {}],
  [
    'idle runners since monday',
    'list_build_runners',
    { load: 'idle', seen_since: '2026-11-16T00:00:00.000Z' },
  ],
  ['firewall block BLK00042', 'get_firewall_block', { number: 'BLK00042' }],
])('a tool of a user is planned by its schema: %s', async (question, tool, args) => {
  const { agents, calls } = await ask(question)
  expect(agents).toEqual(['Network'])
  expect(calls).toEqual([{ tool, args }])
})

test('its result is a table with the severe record first, and its text has no effect', async () => {
  const text = textOf(await ask('show the build runners'))
  expect(text).toContain('*Build runners.*')
  expect(text).toContain('❌ **mill-01**: disk \\| full \\*now\\* (failed)')
  const rows = text.split('\n').filter((line) => line.startsWith('| mill'))
  expect(rows.map((row) => row.slice(2, 9))).toEqual(['mill-01', 'mill-02'])
})

test('one record is its headline and its fields, and an unknown one is said to be unknown', async () => {
  const text = textOf(await ask('BLK00042'))
  expect(text).toContain('**BLK00042**: Port 22')
  expect(text).toContain('- **Rules:**')
  expect(textOf(await ask('BLK00043'))).toContain('Nothing named **BLK00043** is known there.')
})

test('a tool that fails is named, and nothing is made up', async () => {
  const text = textOf(await ask('list certificates'))
  expect(text).toContain('❌ `list_certificates` gave no data: Failed: The vault is sealed.')
})

test('words that its tools do not know are declined', async () => {
  const { calls, answers } = await ask('Which runners are purple?')
  expect(calls).toEqual([])
  expect(answers[0]).toContain('“purple”')
})

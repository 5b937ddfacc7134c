import { expect, test } from 'bun:test'
import { floorViolations } from './support/floor-rules.ts'
import { readSourceTree } from './support/source-tree.ts'

const tree = await readSourceTree()

test('the project keeps to its floors', () => {
  expect(tree.size).toBeGreaterThan(40)
  expect(floorViolations(tree)).toEqual([])
})

test.each([
  ['src/core/x.ts', "import { Hono } from 'hono'", 'imports the package hono'],
  ['src/core/x.ts', "import { x } from '../tools/tool.ts'", 'src/core may not'],
  ['src/core/x.ts', 'export const x = process.env.PORT', 'names a runtime: process.'],
  ['src/core/x.ts', 'export const x = () => Date.now()', 'uses Date'],
  ['src/http/x.ts', "import { x } from '../demo/model/x.ts'", 'src/http may not'],
  ['src/http/x.ts', "import { runAgent } from '../agents/agent.ts'", 'src/http may not'],
  ['src/http/x.ts', "import type { Agent } from '../agents/agent.ts'", 'src/http may not'],
  ['src/http/x.ts', "export { x } from '../config.ts'", 'only types may be imported'],
  ['src/http/x.ts', 'export const x = Bun.file', 'names a runtime: Bun.'],
  ['src/storage/x.ts', "import { Database } from 'bun:sqlite'", "names a runtime: 'bun:"],
  ['src/tools/x.ts', "import OpenAI from 'openai'", 'imports the package openai'],
  ['src/agents/x.ts', "import { retry } from '../middleware/retry.ts'", 'src/agents may not'],
  ['src/models/x.ts', "const x = await import('../http/app.ts')", 'src/models may not'],
  ['src/doctor/x.ts', "import { streamHeaders } from '../http/sse.ts'", 'src/doctor may not'],
  ['views/x.tsx', "import { createApp } from '../src/http/app.ts'", 'views may not'],
  ['views/x.tsx', "import { OpsError } from '../src/core/errors.ts'", 'views take types'],
  ['src/http/x.ts', 'export default 1', 'has a default export'],
  ['src/http/x.ts', '\n'.repeat(251), 'has 251 lines'],
])('%s may not hold: %s', (path, source, complaint) => {
  const violations = floorViolations(new Map([...tree, [path, source]]))
  expect(violations).toHaveLength(1)
  expect(violations[0]).toContain(complaint)
})

test('a circle of types alone is found', () => {
  const circle = new Map([
    ['src/core/a.ts', "import type { B } from './b.ts'"],
    ['src/core/b.ts', "import type { A } from './a.ts'"],
  ])
  expect(floorViolations(circle)).toEqual([
    'A circle: src/core/a.ts → src/core/b.ts → src/core/a.ts',
  ])
})

test('a runtime that is only spoken of is no use of it', () => {
  const spoken = new Map([['src/core/a.ts', '// Bun. holds the head back\n/** process.env */\n']])
  expect(floorViolations(spoken)).toEqual([])
})

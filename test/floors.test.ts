import { expect, test } from 'bun:test'
import { allowedImports, allowedPackages, layerViolations, partOf } from './support/layer-rules.ts'
import { readSourceTree } from './support/source-tree.ts'

const tree = await readSourceTree()

test('the source files keep to their layers', () => {
  expect(tree.size).toBeGreaterThan(100)
  expect(layerViolations(tree)).toEqual([])
})

const forbiddenImports = [
  ['src/core/x.ts', '../tools/tool.ts'],
  ['src/core/x.ts', '../config.ts'],
  ['src/tools/x.ts', '../agents/agent.ts'],
  ['src/connectors/x.ts', '../agents/agent.ts'],
  ['src/tools/x.ts', '../connectors/tool-name.ts'],
  ['src/connectors/x.ts', '../agents/agent.ts'],
  ['src/agents-file/x.ts', '../agents/agent.ts'],
  ['src/specialists.ts', './http/app.ts'],
  ['src/agents/x.ts', '../middleware/retry.ts'],
  ['src/workflow/x.ts', '../tools/tool.ts'],
  ['src/middleware/x.ts', '../storage/store.ts'],
  ['src/models/x.ts', '../http/app.ts'],
  ['src/storage/x.ts', '../runs/runs.ts'],
  ['src/runs/x.ts', '../http/app.ts'],
  ['src/http/x.ts', '../agents/agent.ts'],
  ['src/http/x.ts', '../entry/log.ts'],
  ['src/doctor/x.ts', '../http/stream/frames.ts'],
  ['src/demo/model/x.ts', '../estate/connectors.ts'],
  ['src/demo/estate/x.ts', '../model/offline.ts'],
  ['src/config/x.ts', '../core/errors.ts'],
  ['src/config.ts', './http/app.ts'],
  ['src/build.ts', '../test/support/scripts.ts'],
  ['src/entry/x.ts', '../../test/support/scripts.ts'],
  ['views/x.tsx', '../src/http/app.ts'],
  ['static/x.ts', '../views/page.tsx'],
  ['static/x.ts', '../src/core/event.ts'],
]

test.each(forbiddenImports)('%s may not import %s', (path, target) => {
  const forms = [
    `import { x } from '${target}'`,
    `import {\n  x,\n} from '${target}'`,
    `import '${target}'`,
    `export { x } from '${target}'`,
    `const x = await import('${target}')`,
  ]
  // Only browser scripts may import types from every part.
  if (!path.startsWith('static')) forms.push(`import type { X } from '${target}'`)
  for (const source of forms) {
    expect(violationsOf(path, source)).toEqual([expect.stringContaining(`${partOf(path)} may not`)])
  }
})

test.each([
  ['src/http/x.ts', 'src/http may not', "import { x } from '../demo/model/offline.ts'"],
  ['src/entry/x.ts', 'may import the demo', "import { x } from '../demo/model/offline.ts'"],
  ['src/entry/x.ts', 'may import the demo', "import type { X } from '../demo/estate/x.ts'"],
  ['src/http/x.ts', 'only types', "import { x } from '../config.ts'"],
  ['src/http/x.ts', 'only types', "export { x } from '../config.ts'"],
  ['src/build.ts', 'only types', "import { readConfig } from './config.ts'"],
  ['views/x.tsx', 'types and label() only', "import { OpsError } from '../src/core/errors.ts'"],
  ['src/http/x.ts', 'names a runtime: Bun.', 'export const x = Bun.file'],
  ['src/http/x.ts', 'names a runtime: process.', 'export const x = process.env.PORT'],
  ['src/storage/x.ts', "names a runtime: 'bun:", "import { Database } from 'bun:sqlite'"],
  ['static/x.ts', "names a runtime: 'node:", "const x = 'node:fs'"],
  ['src/core/x.ts', 'uses Date', 'export const x = () => Date.now()'],
  ['src/core/x.ts', 'uses fetch(', 'export const x = () => fetch(url)'],
  ['src/http/x.ts', 'has a default export', 'export default 1'],
  ['src/http/x.ts', 'has 251 lines', '\n'.repeat(251)],
])('a violation in %s is reported: %s', (path, violation, source) => {
  expect(violationsOf(path, source)).toEqual([expect.stringContaining(violation)])
})

const forbiddenPackages = [
  ['views/x.tsx', 'zod'],
  ['src/tools/x.ts', 'openai'],
  ['src/agents/x.ts', '@modelcontextprotocol/client'],
  ['src/specialists.ts', 'yaml'],
  ['src/agents-file/x.ts', '@scalar/openapi-parser'],
  ['src/runs/x.ts', 'hono/streaming'],
  ['src/core/x.ts', '@hono/zod-validator'],
  ['src/http/network/x.ts', 'jose'],
  ['src/core/x.ts', 'uuid'],
  ['src/http/identity/x.ts', 'ipaddr.js'],
  ['src/http/x.ts', 'forwarded-parse'],
  ['static/x.ts', 'eventsource-parser'],
  ['src/tools/x.ts', 'fastest-levenshtein'],
  ['src/runs/x.ts', 'bun'],
  ['src/http/x.ts', 'markdown-it'],
  ['views/x.tsx', 'htmx.org'],
  ['src/core/x.ts', 'another-package'],
]

test.each(forbiddenPackages)('%s may not import the package %s', (path, name) => {
  for (const source of [`import x from '${name}'`, `import type { X } from '${name}'`]) {
    expect(violationsOf(path, source)).toEqual([
      expect.stringContaining(`imports the package ${name}.`),
    ])
  }
})

test('`bun:sqlite` is allowed in a store that only an entry imports, and nowhere else', () => {
  const source = "import { Database } from 'bun:sqlite'"
  const entry = ['src/entry/y.ts', "import '../storage/x.ts'"] as const
  const http = ['src/http/y.ts', "import '../storage/x.ts'"] as const
  const store = ['src/storage/x.ts', source] as const
  expect(layerViolations(new Map([store, entry]))).toEqual([])
  expect(layerViolations(new Map([store, entry, http]))).toHaveLength(1)
  expect(layerViolations(new Map([['src/http/x.ts', source]]))).toHaveLength(2)
})

test('these tests break the rule of every part and of every package', () => {
  const parts = forbiddenImports.map(([path = '']) => partOf(path))
  expect(new Set(parts)).toEqual(new Set(Object.keys(allowedImports)))
  const names = forbiddenPackages.map(([, name = '']) => name.replace('/streaming', ''))
  expect(names).toEqual(
    expect.arrayContaining(Object.keys(allowedPackages).filter((name) => name !== 'bun:sqlite')),
  )
})

test('an import cycle is reported, also if it imports only types', () => {
  const cycle = new Map([
    ['src/core/a.ts', "import type { B } from './b.ts'"],
    ['src/core/b.ts', "import type { A } from './a.ts'"],
  ])
  expect(layerViolations(cycle)).toEqual([
    'An import cycle: src/core/a.ts → src/core/b.ts → src/core/a.ts',
  ])
})

test('a comment may name a runtime', () => {
  const comment = '// Bun. sends the head late\n/** process.env */\n'
  expect(layerViolations(new Map([['src/core/a.ts', comment]]))).toEqual([])
})

/** The violations that a file with this text would add to the project. */
function violationsOf(path: string, source: string): string[] {
  return layerViolations(new Map([[path, source]]))
}

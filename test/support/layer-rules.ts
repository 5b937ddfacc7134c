import { type Import, importsOf, type SourceTree, withoutComments } from './source-tree.ts'

/** What each part of the project may import, as in ARCHITECTURE.md. */
export const allowedImports: Record<string, readonly string[]> = {
  'src/core': ['src/core'],
  'src/tools': ['src/tools', 'src/config.ts', 'src/core'],
  'src/connectors': ['src/connectors', 'src/tools', 'src/config.ts', 'src/core'],
  'src/agents-file': ['src/agents-file', 'src/connectors', 'src/core'],
  'src/specialists.ts': [
    'src/agents-file',
    'src/agents',
    'src/connectors',
    'src/tools',
    'src/core',
  ],
  'src/agents': ['src/agents', 'src/tools', 'src/config.ts', 'src/core'],
  'src/workflow': ['src/workflow', 'src/agents', 'src/config.ts', 'src/core'],
  'src/middleware': ['src/middleware', 'src/config.ts', 'src/core'],
  'src/models': ['src/models', 'src/config.ts', 'src/core'],
  'src/storage': ['src/storage', 'src/config.ts', 'src/core'],
  'src/runs': ['src/runs', 'src/workflow', 'src/storage', 'src/config.ts', 'src/core'],
  'src/http': ['src/http', 'views', 'src/runs', 'src/storage', 'src/config.ts', 'src/core'],
  'src/doctor': ['src/doctor'],
  'src/demo/model': ['src/demo/model', 'src/core'],
  'src/demo/estate': ['src/demo/estate', 'src/tools', 'src/core'],
  'src/config': ['src/config'],
  'src/config.ts': ['src/config', 'src/core'],
  'src/build.ts': ['src', 'views', 'package.json'],
  'src/entry': ['src', 'views', 'package.json'],
  views: ['views', 'src/core', 'src/http/routes.ts'],
  static: [
    'static',
    'views/ask-about.ts',
    'views/duration.ts',
    'views/title.ts',
    'src/doctor',
    'src/http/routes.ts',
  ],
}

/** Where each package may be imported. `src/entry` may import every package. */
export const allowedPackages: Record<string, readonly string[]> = {
  zod: ['src'],
  openai: ['src/agents', 'src/models'],
  '@modelcontextprotocol/client': ['src/connectors/mcp'],
  '@scalar/openapi-parser': ['src/connectors'],
  yaml: ['src/connectors'],
  hono: ['src/http', 'views'],
  '@hono/zod-validator': ['src/http'],
  jose: ['src/connectors', 'src/http/identity'],
  uuid: ['src/http', 'src/runs', 'static'],
  'ipaddr.js': ['src/http/network'],
  'forwarded-parse': ['src/http/network'],
  'eventsource-parser': ['src/doctor'],
  'fastest-levenshtein': ['src/demo/model'],
  'markdown-it': ['views'],
  'htmx.org': ['static'],
  bun: ['src/storage'],
  'bun:sqlite': ['src/storage'],
}

const runtimeName = /\bBun\.\w|['"](?:bun|node|cloudflare):|\bprocess\.\w|\bDeno\.\w/
const ambient = /\bfetch\(|\bDate\b|\bperformance\b|\bconsole\b|\bMath\.random\b|\bcrypto\b/

/** The violations of the layers in a source tree, one sentence each. */
export function layerViolations(tree: SourceTree): string[] {
  const imports = [...tree].flatMap(([path, source]) => importsOf(path, source))
  return [
    ...imports.flatMap((one) => (one.isPackage ? packageViolations(one) : importViolations(one))),
    ...[...tree].flatMap(([path, source]) => sourceViolations(path, source, imports)),
    ...cycles(tree, imports),
  ]
}

function importViolations({ from, target, names, typeOnly }: Import): string[] {
  const part = partOf(from)
  const isAllowed = allowedImports[part]?.some((allowed) => isIn(target, allowed)) ?? false
  // Bundling removes imports of types, so they add nothing to a browser script.
  const isErased = part === 'static' && typeOnly
  if (!isAllowed && !isErased) return [`${from} imports ${target}: ${part} may not.`]
  if (isIn(target, 'src/demo') && !isIn(from, 'src/demo') && from !== 'src/build.ts') {
    return [`${from} imports ${target}: only src/build.ts may import the demo.`]
  }
  if (target === 'src/config.ts' && !typeOnly && !isIn(from, 'src/entry')) {
    return [`${from} imports ${names} from the settings: only types may be imported.`]
  }
  const onlyTypesAndLabel = typeOnly || /^\{\s*((type \w+|label)\s*,?\s*)*\}$/.test(names)
  if (part === 'views' && isIn(target, 'src/core') && !onlyTypesAndLabel) {
    return [`${from} imports ${names} from the core: views may import types and label() only.`]
  }
  return []
}

function packageViolations({ from, target }: Import): string[] {
  const name = /^(@[^/]+\/[^/]+|[^/]+)/.exec(target)?.[0] ?? target
  const allowed = [...(allowedPackages[name] ?? []), 'src/entry']
  return allowed.some((part) => isIn(from, part)) ? [] : [`${from} imports the package ${target}.`]
}

function sourceViolations(path: string, source: string, imports: Import[]): string[] {
  const code = withoutComments(source)
  const violations: string[] = []
  const name = runtimeName.exec(code)?.[0]
  if (name !== undefined && !mayNameRuntime(path, imports)) {
    violations.push(`${path} names a runtime: ${name}`)
  }
  const used = ambient.exec(code)?.[0]
  if (isIn(path, 'src/core') && used !== undefined) {
    violations.push(`${path} uses ${used}: the core may not.`)
  }
  // The Workers runtime looks for one.
  if (/\bexport default\b/.test(code) && path !== 'src/entry/worker.ts') {
    violations.push(`${path} has a default export.`)
  }
  const lines = source.split('\n').length - 1
  if (lines > 250) violations.push(`${path} has ${lines} lines: the maximum is 250.`)
  return violations
}

/** Allows the entries, and stores that only an entry imports. */
function mayNameRuntime(path: string, imports: Import[]): boolean {
  if (isIn(path, 'src/entry')) return true
  if (!isIn(path, 'src/storage')) return false
  const importers = imports.filter(({ target }) => target === path)
  return importers.length > 0 && importers.every(({ from }) => isIn(from, 'src/entry'))
}

/** Import cycles, also of types: to understand one file, one would have to read all of them. */
function cycles(tree: SourceTree, imports: Import[]): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: string[]) => {
    const at = trail.indexOf(path)
    if (at >= 0)
      return void found.push(`An import cycle: ${[...trail.slice(at), path].join(' → ')}`)
    if (done.has(path)) return
    for (const { from, target } of imports) {
      if (from === path && tree.has(target)) visit(target, [...trail, path])
    }
    done.add(path)
  }
  for (const path of tree.keys()) visit(path, [])
  return found
}

/** The part of the project that a file belongs to: a key of `allowedImports`, or the path itself. */
export function partOf(path: string): string {
  return Object.keys(allowedImports).find((part) => isIn(path, part)) ?? path
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

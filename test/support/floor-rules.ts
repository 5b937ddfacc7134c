import { type Import, importsOf, type SourceTree, withoutComments } from './source-tree.ts'

/** What each part may import of ours. Down, or sideways inside its own folder; the arrows of ARCHITECTURE.md. */
const mayImport: Record<string, readonly string[]> = {
  'src/core': ['src/core'],
  'src/tools': ['src/tools', 'src/core'],
  'src/agents': ['src/agents', 'src/tools', 'src/core'],
  'src/workflow': ['src/workflow', 'src/agents', 'src/core'],
  'src/middleware': ['src/middleware', 'src/core'],
  'src/models': ['src/models', 'src/core'],
  'src/storage': ['src/storage', 'src/core'],
  'src/runs': ['src/runs', 'src/workflow', 'src/storage', 'src/core'],
  'src/doctor': ['src/doctor'],
  'src/demo/model': ['src/demo/model', 'src/core'],
  'src/demo/estate': ['src/demo/estate', 'src/tools', 'src/core'],
  views: ['views', 'src/core', 'src/http/routes.ts'],
  'src/http': ['src/http', 'views', 'src/runs', 'src/storage', 'src/core'],
  'src/settings': ['src/settings'],
  'src/config.ts': ['src/settings', 'src/core'],
  'src/build.ts': ['src', 'views', 'package.json'],
  'src/entry': ['src', 'views'],
}

/** Who may use which package; zod, which checks what comes in, may be used anywhere but in views. */
const packages: Record<string, readonly string[]> = {
  zod: ['src'],
  openai: ['src/agents', 'src/models'],
  hono: ['src/http', 'views'],
  jose: ['src/http'],
  '@hono/zod-validator': ['src/http'],
  uuid: ['src/http', 'src/runs'],
  'ipaddr.js': ['src/http/network'],
  'forwarded-parse': ['src/http/network'],
  'eventsource-parser': ['src/doctor'],
  'markdown-it': ['views'],
  'fastest-levenshtein': ['src/demo/model'],
  'bun:sqlite': ['src/storage'],
}

const runtimeName = /\bBun\.\w|['"](?:bun|node|cloudflare):|\bprocess\.\w|\bDeno\.\w/
const ambient = /\bfetch\(|\bDate\b|\bperformance\b|\bconsole\b|\bMath\.random\b|\bcrypto\b/

/** Everything in which a tree breaks the rules, as sentences. */
export function floorViolations(tree: SourceTree): string[] {
  const imports = [...tree].flatMap(([path, source]) => importsOf(path, source))
  return [
    ...imports.flatMap((one) => brokenImport(one)),
    ...[...tree].flatMap(([path, source]) => brokenSource(path, source, imports)),
    ...cycles(tree, imports),
  ]
}

function brokenImport({ from, target, names, typeOnly }: Import): string[] {
  const part = partOf(from)
  const own = target.startsWith('src/') || target.startsWith('views/') || target.endsWith('.json')
  if (own) {
    const allowed = mayImport[part]?.some((prefix) => isIn(target, prefix))
    if (!allowed) return [`${from} imports ${target}: ${part} may not.`]
    const onlyTypes = typeOnly || /^\{\s*((type \w+|label)\s*,?\s*)*\}$/.test(names)
    if (part === 'views' && isIn(target, 'src/core') && !onlyTypes) {
      return [`${from} imports ${names} of the core: views take types and label() only.`]
    }
    return []
  }
  if (isIn(from, 'src/entry')) return []
  const name = /^(@[^/]+\/[^/]+|[^/]+)/.exec(target)?.[0] ?? target
  const users = packages[name] ?? []
  return users.some((prefix) => isIn(from, prefix))
    ? []
    : [`${from} imports the package ${target}.`]
}

function brokenSource(path: string, source: string, imports: Import[]): string[] {
  const code = withoutComments(source)
  const found: string[] = []
  const name = runtimeName.exec(code)?.[0]
  if (name !== undefined && !mayNameRuntime(path, imports))
    found.push(`${path} names a runtime: ${name}`)
  const used = ambient.exec(code)?.[0]
  if (isIn(path, 'src/core') && used !== undefined)
    found.push(`${path} uses ${used}: the core may not.`)
  if (/\bexport default\b/.test(code) && path !== 'src/entry/worker.ts') {
    found.push(`${path} has a default export.`)
  }
  const lines = source.split('\n').length - 1
  if (lines > 250) found.push(`${path} has ${lines} lines: 250 is the most.`)
  return found
}

/** The entries, and the stores and connectors that nobody but an entry imports. */
function mayNameRuntime(path: string, imports: Import[]): boolean {
  if (isIn(path, 'src/entry')) return true
  if (!isIn(path, 'src/storage') && !isIn(path, 'src/connectors')) return false
  const importers = imports.filter(({ target }) => target === path)
  return importers.length > 0 && importers.every(({ from }) => isIn(from, 'src/entry'))
}

/** Circles of imports, those of types included: a reader would have to understand all of them at once. */
function cycles(tree: SourceTree, imports: Import[]): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: string[]) => {
    const at = trail.indexOf(path)
    if (at >= 0) return void found.push(`A circle: ${[...trail.slice(at), path].join(' → ')}`)
    if (done.has(path)) return
    for (const { from, target } of imports) {
      if (from === path && tree.has(target)) visit(target, [...trail, path])
    }
    done.add(path)
  }
  for (const path of tree.keys()) visit(path, [])
  return found
}

function partOf(path: string): string {
  return Object.keys(mayImport).find((part) => isIn(path, part)) ?? path
}

function isIn(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`)
}

import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BuildConfig, BunPlugin } from 'bun'
import type { AssetUrls } from '../../views/types.ts'
import { build } from '../build.ts'
import { readConfig } from '../config.ts'
import { type Assets, serveFromMemory, urlsOf } from '../http/ops/static-files.ts'
import { routes } from '../http/routes.ts'
import { openSqliteStore } from '../storage/sqlite.ts'
import type { RunbookFile } from '../tools/runbook-sections.ts'
import { bundleAssets } from './assets.ts'
import { withoutUnusedOpenAi } from './edge-openai.ts'
import { openRunbooks } from './runbooks.ts'

/**
 * Writes the modules of the Worker to a folder, and the files of the page to its folder `assets`. The runbooks of a folder
 * become a part of the Worker, which has no file system.
 * @throws OpsError `bad_setting` if `runbooksDir` is not a folder
 */
export async function buildEdge(folder: string, runbooksDir?: string): Promise<void> {
  const runbooks = runbooksDir && (await openRunbooks(runbooksDir, silent))
  const files = runbooks ? await runbooks.read() : []
  await writeWorker(folder, inEntry('worker.ts'), await writeAssets(folder), files)
}

/** Writes the files of the page to `assets` in a folder, with the headers that the platform sends. */
export async function writeAssets(folder: string): Promise<AssetUrls> {
  const assets = await bundleAssets()
  for (const { url, bytes } of Object.values(assets)) {
    await Bun.write(join(folder, 'assets', url), bytes)
  }
  await Bun.write(join(folder, 'assets/_headers'), await headerRules(assets))
  return urlsOf(assets)
}

/** Modules beside the program, which it loads at their first use, and their sources. They hold packages only. */
const sideModules = {
  'mcp-client.js': '../connectors/mcp/sdk.ts',
  'parsers.js': '../connectors/parsers.ts',
} as const

/** The modules of the Worker, the program first. */
export const workerModules = ['worker.js', ...Object.keys(sideModules)]

/** Bundles a Worker into a folder. @throws AggregateError for an import that does not resolve */
export async function writeWorker(
  folder: string,
  entry: string,
  urls: AssetUrls,
  runbooks: readonly RunbookFile[] = [],
): Promise<void> {
  const besideProgram: BunPlugin = {
    name: 'modules beside the program',
    setup(build) {
      for (const [name, source] of Object.entries(sideModules)) {
        const filter = new RegExp(`/${basename(source).replace('.', '\\.')}$`)
        build.onResolve({ filter }, () => ({ path: `./${name}`, external: true }))
      }
    },
  }
  const define = { ASSET_URLS: JSON.stringify(urls), RUNBOOK_FILES: JSON.stringify(runbooks) }
  const plugins = [besideProgram, withoutUnusedOpenAi()]
  await Bun.write(join(folder, 'worker.js'), await bundle(entry, { define, plugins }))
  for (const [name, source] of Object.entries(sideModules)) {
    await Bun.write(join(folder, name), await bundle(inEntry(source)))
  }
}

async function bundle(
  entry: string,
  options: Partial<Pick<BuildConfig, 'define' | 'plugins'>> = {},
): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [entry],
    target: 'browser',
    conditions: ['workerd', 'worker'],
    minify: true,
    ...options,
  })
  return new Blob(outputs).text()
}

/** The rules that let the platform send files with the headers of the container, except those it sets itself. */
async function headerRules(assets: Assets): Promise<string> {
  const store = openSqliteStore(':memory:')
  const files = await serveFromMemory(assets)
  const { app } = await build(readConfig({}), { store, files, now: Date.now, log: silent })
  const { headers } = await app.request(assets.css.url)
  await store.close()
  const own = ['content-type', 'etag', 'vary']
  const lines = [...headers].filter(([name]) => !own.includes(name))
  return `${routes.static}\n${lines.map(([name, value]) => `  ${name}: ${value}\n`).join('')}`
}

const silent = { error() {}, warn() {}, info() {} }

const inEntry = (file: string) => fileURLToPath(new URL(file, import.meta.url))

if (import.meta.main) await buildEdge(process.argv[2] ?? 'dist/edge', process.env.RUNBOOKS_DIR)

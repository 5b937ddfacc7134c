import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Assets,
  type StaticFile,
  type StaticFiles,
  serveFromMemory,
  urlsOf,
} from '../http/ops/static-files.ts'
import { routes } from '../http/routes.ts'

let loaded: Promise<StaticFiles> | undefined

/** The files of the page for a server that serves them itself. Bundled once per process. */
export function loadStaticFiles(): Promise<StaticFiles> {
  loaded ??= bundleAssets().then(serveFromMemory)
  return loaded
}

/** Bundles the scripts of the page, reads its other files, and gives each a URL with a hash of its content. */
export async function bundleAssets(): Promise<Assets> {
  // htmx and its extension stay outside the bundle: they must run before it, and change less often.
  const [css, icon, iconRunning, iconReady, htmx, sse, app, doctor] = await Promise.all([
    asset('app', 'css', read(inStatic('app.css'))),
    asset('icon', 'svg', read(inStatic('icon.svg'))),
    asset('icon-running', 'svg', read(inStatic('icon-running.svg'))),
    asset('icon-ready', 'svg', read(inStatic('icon-ready.svg'))),
    asset('htmx', 'js', read(inPackage('htmx.org/dist/htmx.min.js'))),
    asset('hx-sse', 'js', read(inPackage('htmx.org/dist/ext/hx-sse.min.js'))),
    asset('app', 'js', bundle(inStatic('app.ts'))),
    asset('doctor', 'js', bundle(inStatic('doctor.ts'))),
  ])
  return { css, icon, iconRunning, iconReady, htmx, sse, app, doctor }
}

const inStatic = (file: string) => fileURLToPath(new URL(`../../static/${file}`, import.meta.url))
const inPackage = (specifier: string) => fileURLToPath(import.meta.resolve(specifier))

type Bytes = Uint8Array<ArrayBuffer>

function read(path: string): Promise<Bytes> {
  return Bun.file(path).bytes()
}

/** @throws AggregateError if a script has a syntax error or an import that does not resolve */
async function bundle(path: string): Promise<Bytes> {
  const { outputs } = await Bun.build({ entrypoints: [path], target: 'browser', minify: true })
  return await new Blob(outputs).bytes()
}

const types = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const

async function asset(
  name: string,
  extension: keyof typeof types,
  content: Promise<Bytes>,
): Promise<StaticFile> {
  const bytes = await content
  const hash = new Bun.CryptoHasher('sha256').update(bytes).digest('hex').slice(0, 12)
  const url = routes.static.replace('*', `${name}.${hash}.${extension}`)
  return { url, type: types[extension], bytes }
}

const usage = `Usage: bun run assets FOLDER

Writes the files of the page to FOLDER/static and their URLs to FOLDER/manifest.json, for a platform or a CDN that
serves static files itself. Files of an earlier version are kept, because open pages may still load them.
`

async function write(folder: string): Promise<void> {
  const assets = await bundleAssets()
  for (const { url, bytes } of Object.values(assets)) await Bun.write(join(folder, url), bytes)
  const manifest = `${JSON.stringify(urlsOf(assets), undefined, 2)}\n`
  await Bun.write(join(folder, 'manifest.json'), manifest)
}

if (import.meta.main) {
  const [folder, ...others] = process.argv.slice(2)
  if (folder === undefined || folder.startsWith('-') || others.length > 0) {
    process.stderr.write(usage)
    process.exitCode = 1
  } else {
    await write(folder)
  }
}

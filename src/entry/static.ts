import { fileURLToPath } from 'node:url'
import { loadStaticFiles, type SourceFile, type StaticFiles } from '../http/ops/static-files.ts'

const script = 'text/javascript; charset=utf-8'
const style = 'text/css; charset=utf-8'

const own = (file: string) => fileURLToPath(new URL(`../../static/${file}`, import.meta.url))
const fromPackage = (path: string) => fileURLToPath(import.meta.resolve(path))

const sources = [
  { name: 'css', file: 'app.css', type: style, path: own('app.css') },
  { file: 'dom.js', type: script, path: own('dom.js') },
  { file: 'page.js', type: script, path: own('page.js') },
  { file: 'panels.js', type: script, path: own('panels.js') },
  { file: 'clock.js', type: script, path: own('clock.js') },
  { file: 'poll.js', type: script, path: own('poll.js') },
  { name: 'app', file: 'app.js', type: script, path: own('app.js') },
  { name: 'icon', file: 'icon.svg', type: 'image/svg+xml', path: own('icon.svg') },
  { name: 'htmx', file: 'htmx.js', type: script, path: fromPackage('htmx.org/dist/htmx.min.js') },
  {
    name: 'sse',
    file: 'sse.js',
    type: script,
    path: fromPackage('htmx.org/dist/ext/hx-sse.min.js'),
  },
] as const satisfies readonly (Omit<SourceFile, 'bytes'> & { path: string })[]

/** Reads the page's files: our own from `static/`, the others from the packages that they come with. */
export async function readStaticFiles(): Promise<StaticFiles> {
  const files = sources.map(async ({ path, ...source }) => ({
    ...source,
    bytes: await Bun.file(path).bytes(),
  }))
  const doctor = { name: 'doctor', file: 'doctor.js', type: script } as const
  return loadStaticFiles([
    ...(await Promise.all(files)),
    { ...doctor, bytes: await bundle(own('doctor.js')) },
  ])
}

/** Puts a script together with what it imports: the doctor's page examines with the same code as the command. */
async function bundle(path: string): Promise<Uint8Array> {
  const minify = { whitespace: true, syntax: true }
  const { outputs } = await Bun.build({ entrypoints: [path], target: 'browser', minify })
  const parts = await Promise.all(outputs.map((output) => output.text()))
  return new TextEncoder().encode(parts.join(''))
}

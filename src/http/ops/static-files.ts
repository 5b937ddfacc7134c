import type { Assets } from '../../../views/types.ts'
import { OpsError } from '../../core/errors.ts'

/** One file as it lies on disk. Views ask for it by `name`; without one it is a module that another file imports. */
export type SourceFile = {
  name?: Exclude<keyof Assets, 'modules'>
  file: string
  type: string
  bytes: Uint8Array
}

/** The files of the page, each under an address that changes with its content. */
export type StaticFiles = {
  urls: Assets
  /** Answers a request for one of them. @throws OpsError `not_found` */
  respond: (request: Request) => Response
}

type ReadyFile = { type: string; etag: string; plain: Uint8Array; gzipped: Uint8Array }

/**
 * Takes the files in, compresses them once and names them by their content, so that browsers may keep them for ever.
 * A module comes before those that import it: their `'./x.js'` becomes its name.
 */
export async function loadStaticFiles(sources: readonly SourceFile[]): Promise<StaticFiles> {
  const ready = new Map<string, ReadyFile>()
  const urls: Partial<Assets> & { modules: string[] } = { modules: [] }
  const named = new Map<string, string>()
  for (const { name, file, type, bytes: given } of sources) {
    const bytes = name === 'app' || name === undefined ? renameImports(given, named) : given
    const hash = await digest(bytes)
    const url = `/static/${file.replace(/(\.\w+)$/, `.${hash}$1`)}`
    if (name !== undefined) urls[name] = url
    else urls.modules.push(url)
    named.set(`'./${file}'`, `'${url}'`)
    ready.set(url, { type, etag: `"${hash}"`, plain: bytes, gzipped: await gzip(bytes) })
  }
  return { urls: urls as Assets, respond: (request) => respond(request, ready) }
}

function renameImports(bytes: Uint8Array, named: Map<string, string>): Uint8Array {
  let text = new TextDecoder().decode(bytes)
  for (const [written, url] of named) text = text.replaceAll(written, url)
  return new TextEncoder().encode(text)
}

function respond(request: Request, ready: Map<string, ReadyFile>): Response {
  const found = ready.get(new URL(request.url).pathname)
  if (found === undefined) throw new OpsError('not_found')
  const headers = {
    'content-type': found.type,
    'cache-control': 'public, max-age=31536000, immutable',
    etag: found.etag,
    vary: 'accept-encoding',
  }
  if (request.headers.get('if-none-match') === found.etag) {
    return new Response(null, { status: 304, headers })
  }
  const zipped = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  return zipped
    ? new Response(found.gzipped as BodyInit, {
        headers: { ...headers, 'content-encoding': 'gzip' },
      })
    : new Response(found.plain as BodyInit, { headers })
}

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes as BufferSource)
  return [...new Uint8Array(hash).subarray(0, 6)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const zipped = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(zipped).arrayBuffer())
}

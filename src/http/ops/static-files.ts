import type { AssetUrls } from '../../../views/types.ts'
import { OpsError } from '../../core/errors.ts'

/** A file of the page. Its URL contains a hash of its content. */
export type StaticFile = { url: string; type: string; bytes: Uint8Array<ArrayBuffer> }

/** The files of the page by the names that views use. */
export type Assets = Record<keyof AssetUrls, StaticFile>

/** What the server needs to know about the files of the page. */
export type StaticFiles = {
  urls: AssetUrls
  /** Answers a request below `/static/`. @throws OpsError `not_found` */
  respond: (request: Request) => Response
}

/** The URLs without the files: the manifest for a server whose platform serves the files. */
export function urlsOf(assets: Assets): AssetUrls {
  const { css, app, htmx, sse, icon, iconRunning, iconReady, doctor } = assets
  return {
    css: css.url,
    app: app.url,
    htmx: htmx.url,
    sse: sse.url,
    icon: icon.url,
    iconRunning: iconRunning.url,
    iconReady: iconReady.url,
    doctor: doctor.url,
  }
}

/** Serves the files from memory. Each is compressed once, here. */
export async function serveFromMemory(assets: Assets): Promise<StaticFiles> {
  const ready = await Promise.all(Object.values(assets).map(compressed))
  const byUrl = new Map(ready.map((file) => [file.url, file]))
  return {
    urls: urlsOf(assets),
    respond(request) {
      const file = byUrl.get(new URL(request.url).pathname)
      if (file === undefined) throw new OpsError('not_found')
      return respond(request, file)
    },
  }
}

type CompressedFile = StaticFile & { gzipped: Uint8Array<ArrayBuffer> }

function respond(request: Request, { url, type, bytes, gzipped }: CompressedFile): Response {
  const etag = `"${url}"`
  const headers = new Headers({
    'content-type': type,
    'cache-control': 'public, max-age=31536000, immutable',
    etag,
    vary: 'accept-encoding',
  })
  // Searched, not compared: the header may be a list, and proxies that compress mark the tag as weak.
  if (request.headers.get('if-none-match')?.includes(etag)) {
    return new Response(null, { status: 304, headers })
  }
  if (!/\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')) {
    return new Response(bytes, { headers })
  }
  headers.set('content-encoding', 'gzip')
  return new Response(gzipped, { headers })
}

async function compressed(file: StaticFile): Promise<CompressedFile> {
  const stream = new Blob([file.bytes]).stream().pipeThrough(new CompressionStream('gzip'))
  return { ...file, gzipped: new Uint8Array(await new Response(stream).arrayBuffer()) }
}

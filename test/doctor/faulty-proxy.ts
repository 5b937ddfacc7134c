/** What a proxy does to streams, unless stated otherwise. */
export type ProxyFaults = {
  /** Buffers the whole response. */
  bufferAll?: boolean
  /** Buffers until this many bytes have arrived. */
  bufferBytes?: number
  /** Closes the stream after this time. */
  cutAfterMs?: number
  /** Compresses without flushing after each event. */
  gzip?: boolean
  /** Removes comments without text. */
  dropHeartbeats?: boolean
  /** Replaces LF by CRLF. */
  crlf?: boolean
  /** Responds with this status instead. */
  streamStatus?: number
  /** Responds to a POST with 504 after this time. */
  postLimitMs?: number
  /** Removes these headers from all responses. */
  strip?: string[]
  /** Sets these headers in all responses. */
  responseHeaders?: Record<string, string>
  /** Sets these headers in all requests. */
  requestHeaders?: Record<string, string>
}

/** Starts a proxy that distributes requests over the servers in turn. The caller stops it. */
export function startFaultyProxy(servers: string[], faults: ProxyFaults) {
  let turn = 0
  const proxy = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 120,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const server = servers[turn++ % servers.length] ?? ''
      const headers = new Headers(request.headers)
      for (const [name, value] of Object.entries(faults.requestHeaders ?? {})) {
        headers.set(name, value)
      }
      const { method, signal } = request
      const response = fetch(server + pathname + search, {
        method,
        headers,
        signal,
        redirect: 'manual',
      })
      if (method === 'POST' && faults.postLimitMs !== undefined) {
        const late = Bun.sleep(faults.postLimitMs).then(() => new Response('', { status: 504 }))
        return await Promise.race([response, late])
      }
      return await forward(await response, faults)
    },
  })
  return { url: `http://127.0.0.1:${proxy.port}`, stop: () => proxy.stop(true) }
}

async function forward(response: Response, faults: ProxyFaults): Promise<Response> {
  const headers = new Headers(response.headers)
  // fetch() has decompressed the body.
  headers.delete('content-encoding')
  headers.delete('content-length')
  for (const name of faults.strip ?? []) headers.delete(name)
  for (const [name, value] of Object.entries(faults.responseHeaders ?? {})) headers.set(name, value)
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
  if (!isStream) return new Response(response.body, { status: response.status, headers })
  if (faults.streamStatus !== undefined) return new Response('', { status: faults.streamStatus })
  if (faults.bufferAll) return new Response(await response.bytes(), { headers })
  let body: ReadableStream = response.body ?? new ReadableStream()
  if (faults.cutAfterMs !== undefined) body = cut(body, faults.cutAfterMs)
  if (faults.bufferBytes !== undefined) body = body.pipeThrough(buffer(faults.bufferBytes))
  if (faults.dropHeartbeats) body = body.pipeThrough(rewrite(dropHeartbeat))
  if (faults.crlf) body = body.pipeThrough(rewrite((text) => text.replaceAll('\n', '\r\n')))
  if (faults.gzip) {
    headers.set('content-encoding', 'gzip')
    body = body.pipeThrough(new CompressionStream('gzip'))
  }
  return new Response(body, { headers })
}

function cut(body: ReadableStream<Uint8Array>, afterMs: number): ReadableStream {
  const reader = body.getReader()
  const over = Bun.sleep(afterMs).then(() => ({ done: true, value: undefined }))
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await Promise.race([reader.read(), over])
      if (!done && value !== undefined) return controller.enqueue(value)
      controller.close()
      await reader.cancel()
    },
    cancel: () => reader.cancel(),
  })
}

function buffer(bytes: number) {
  let chunks: Uint8Array[] = []
  const size = () => chunks.reduce((sum, { length }) => sum + length, 0)
  const flush = (controller: TransformStreamDefaultController) => {
    if (size() > 0) controller.enqueue(Buffer.concat(chunks))
    chunks = []
  }
  return new TransformStream({
    transform(chunk: Uint8Array, controller) {
      chunks.push(chunk)
      if (size() >= bytes) flush(controller)
    },
    flush,
  })
}

function rewrite(change: (text: string) => string) {
  return new TransformStream({
    transform(chunk: Uint8Array, controller) {
      const text = change(new TextDecoder().decode(chunk))
      if (text !== '') controller.enqueue(new TextEncoder().encode(text))
    },
  })
}

function dropHeartbeat(chunk: string): string {
  return /^:\n+$/.test(chunk) ? '' : chunk
}

/** What a proxy does to what passes through it. */
export type Ways = {
  /** Holds each stream back to its end. */
  holdAll?: boolean
  /** Lets a stream go whenever so many bytes have come together. */
  holdBytes?: number
  /** Ends each stream after so long. */
  cutAfterMs?: number
  /** Packs each stream, without a care for when its events arrive. */
  gzip?: boolean
  /** Keeps comments of one colon to itself. */
  dropHeartbeats?: boolean
  /** Answers streams with this status. */
  streamStatus?: number
  /** Answers a POST with 504 after so long. */
  postLimitMs?: number
  /** Takes these headers off answers. */
  strip?: string[]
  /** Puts these headers on answers, or on requests. */
  answer?: Record<string, string>
  request?: Record<string, string>
}

/** A proxy of this process that takes the servers behind it in turns. Stop it in the end. */
export function startMeddlingProxy(servers: string[], ways: Ways) {
  let turn = 0
  const proxy = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 120,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const server = servers[turn++ % servers.length] ?? ''
      const headers = new Headers({ ...Object.fromEntries(request.headers), ...ways.request })
      const asked = fetch(server + pathname + search, {
        ...{ method: request.method, headers, signal: request.signal, redirect: 'manual' },
      })
      if (request.method === 'POST' && ways.postLimitMs !== undefined) {
        const late = Bun.sleep(ways.postLimitMs).then(() => new Response('', { status: 504 }))
        return await Promise.race([asked, late])
      }
      return await passOn(await asked, ways)
    },
  })
  return { url: `http://127.0.0.1:${proxy.port}`, stop: () => proxy.stop(true) }
}

async function passOn(response: Response, ways: Ways): Promise<Response> {
  const headers = new Headers(response.headers)
  // The client of this proxy has unpacked it.
  headers.delete('content-encoding')
  headers.delete('content-length')
  for (const name of ways.strip ?? []) headers.delete(name)
  for (const [name, value] of Object.entries(ways.answer ?? {})) headers.set(name, value)
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
  if (!isStream) return new Response(response.body, { status: response.status, headers })
  if (ways.streamStatus !== undefined) return new Response('', { status: ways.streamStatus })
  if (ways.holdAll) return new Response(await response.bytes(), { headers })
  let body: ReadableStream = response.body ?? new ReadableStream()
  if (ways.cutAfterMs !== undefined) body = cut(body, ways.cutAfterMs)
  if (ways.holdBytes !== undefined) body = body.pipeThrough(holding(ways.holdBytes))
  if (ways.dropHeartbeats) body = body.pipeThrough(withoutHeartbeats())
  if (ways.gzip) {
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

function holding(bytes: number) {
  let held: Uint8Array[] = []
  const size = () => held.reduce((sum, { length }) => sum + length, 0)
  const letGo = (controller: TransformStreamDefaultController) => {
    if (size() > 0) controller.enqueue(Buffer.concat(held))
    held = []
  }
  return new TransformStream({
    transform(chunk: Uint8Array, controller) {
      held.push(chunk)
      if (size() >= bytes) letGo(controller)
    },
    flush: letGo,
  })
}

function withoutHeartbeats() {
  return new TransformStream({
    transform(chunk: Uint8Array, controller) {
      if (new TextDecoder().decode(chunk) !== ':\n\n') controller.enqueue(chunk)
    },
  })
}

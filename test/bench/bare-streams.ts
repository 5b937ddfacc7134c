import { label } from '../../src/core/event.ts'
import { eventFrame, openingFrame, streamHeaders } from '../../src/http/sse.ts'
import { idOf, obey } from './load.ts'

// The least that can send the same bytes: a ReadableStream per reader, and one write per event.

const form = Bun.argv[2]
const encoder = new TextEncoder()
const streams = new Map<string, ReadableStreamDefaultController<Uint8Array>>()
const sent: number[] = []

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  idleTimeout: 120,
  fetch(request) {
    const run = new URL(request.url).searchParams.get('run') ?? ''
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        streams.set(run, controller)
        controller.enqueue(encoder.encode(openingFrame(1000)))
      },
      cancel: () => void streams.delete(run),
    })
    return new Response(body, { headers: streamHeaders })
  },
})

obey({
  port: server.port ?? 0,
  begin: (readers) => sent.push(...Array<number>(readers).fill(1)),
  emit(reader, body) {
    const seq = (sent[reader] ?? 0) + 1
    sent[reader] = seq
    const event = { ...body, seq, at: Date.now() }
    const data = form === 'text' ? label(event) : JSON.stringify(event)
    const frame = eventFrame({ id: `${idOf(reader)}:${seq}`, data: data ?? '' })
    streams.get(idOf(reader))?.enqueue(encoder.encode(frame))
  },
})

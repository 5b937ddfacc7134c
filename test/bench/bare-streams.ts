import { label } from '../../src/core/event.ts'
import { eventFrame, openingFrame, streamHeaders } from '../../src/http/stream/frames.ts'
import { idOf, obey } from './load.ts'

// The least that can send the same bytes: a ReadableStream per reader, and one write per event.

const form = Bun.argv[2]
const encoder = new TextEncoder()
const streams: (ReadableStreamDefaultController<Uint8Array> | undefined)[] = []
const sent: number[] = []

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  idleTimeout: 120,
  fetch(request) {
    const reader = Number(new URL(request.url).searchParams.get('run')?.slice(-12))
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        streams[reader] = controller
        controller.enqueue(encoder.encode(openingFrame(1000)))
      },
      cancel() {
        streams[reader] = undefined
      },
    })
    return new Response(body, { headers: streamHeaders })
  },
})

obey({
  port: server.port ?? 0,
  begin: (readers) => void sent.push(...Array<number>(readers).fill(1)),
  emit(reader, body) {
    const seq = (sent[reader] ?? 0) + 1
    sent[reader] = seq
    const event = { ...body, seq, at: Date.now() }
    const data = form === 'text' ? label(event) : JSON.stringify(event)
    const frame = eventFrame({ id: `${idOf(reader)}:${seq}`, data: data ?? '' })
    streams[reader]?.enqueue(encoder.encode(frame))
  },
})

import { label } from '../../src/core/event.ts'
import { eventFrame, openingFrame } from '../../src/http/stream/frames.ts'
import { streamHeaders } from '../../src/http/stream/open-stream.ts'
import { executeCommands, idOf } from './load.ts'

// The smallest server that sends the same bytes: one ReadableStream per reader, one `enqueue` per event.

const form = Bun.argv[2]
const encoder = new TextEncoder()
const streams: (ReadableStreamDefaultController<Uint8Array> | undefined)[] = []
const lastSeqs: number[] = []

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

executeCommands({
  port: server.port ?? 0,
  begin: (readers) => void lastSeqs.push(...Array<number>(readers).fill(1)),
  emit(reader, body) {
    const seq = (lastSeqs[reader] ?? 0) + 1
    lastSeqs[reader] = seq
    const event = { ...body, seq, at: Date.now() }
    const data = form === 'text' ? label(event) : JSON.stringify(event)
    const frame = eventFrame({ id: `${idOf(reader)}:${seq}`, data: data ?? '' })
    streams[reader]?.enqueue(encoder.encode(frame))
  },
})

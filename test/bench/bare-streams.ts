import { type EventBody, label } from '../../src/core/event.ts'
import { eventFrame, openingFrame } from '../../src/http/stream/frames.ts'
import { streamHeaders } from '../../src/http/stream/open-stream.ts'
import { idOf } from './emission.ts'

type Controller = ReadableStreamDefaultController<Uint8Array>

const encoder = new TextEncoder()

/** The least that sends the same bytes as OpsAgent: one `ReadableStream` per reader, one `enqueue` per event. */
export class BareStreams {
  readonly #controllers: (Controller | undefined)[] = []
  readonly #lastSeqs: number[] = []
  #form: string | null = null

  begin(readers: number): void {
    this.#lastSeqs.push(...Array<number>(readers).fill(1))
  }

  /** Opens the stream of a reader. */
  respond(request: Request): Response {
    const query = new URL(request.url).searchParams
    const reader = Number(query.get('run')?.slice(-12))
    this.#form = query.get('format')
    const controllers = this.#controllers
    let own: Controller | undefined
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        own = controller
        controllers[reader] = controller
        controller.enqueue(encoder.encode(openingFrame(1000)))
      },
      cancel() {
        if (controllers[reader] === own) controllers[reader] = undefined
      },
    })
    return new Response(body, { headers: streamHeaders })
  }

  emit(reader: number, body: EventBody): void {
    const seq = (this.#lastSeqs[reader] ?? 0) + 1
    this.#lastSeqs[reader] = seq
    const event = { ...body, seq, at: Date.now() }
    const data = this.#form === 'text' ? label(event) : JSON.stringify(event)
    const frame = eventFrame({ id: `${idOf(reader)}:${seq}`, data: data ?? '' })
    this.#controllers[reader]?.enqueue(encoder.encode(frame))
  }
}

import type { Socket } from 'bun'

/** Where to read, and who hears of it. */
export type EventReaderOptions = {
  hostname: string
  port: number
  path: string
  lastEventId?: string | undefined
  /** One frame without its empty line. */
  onFrame: (frame: string) => void
  /** The status of the answer, once its head is there. */
  onOpen?: (status: number) => void
  /** The connection is over, `whole` when the answer was complete; not called after `cut`. */
  onEnd?: (whole: boolean) => void
}

/**
 * Reads an event stream from a raw socket: a client that is light enough for thousands of them to leave the processor
 * to the server. It understands chunked answers whose text is ASCII, and nothing else.
 */
export class EventReader {
  readonly #options: EventReaderOptions
  #socket: Socket<EventReader> | undefined
  #opened = false
  #ended = false
  #rest = ''
  #length: number | undefined
  #frames = ''

  constructor(options: EventReaderOptions) {
    this.#options = options
  }

  /** Connects and asks. @throws Error when nobody listens. */
  async open(): Promise<void> {
    const { hostname, port } = this.#options
    this.#socket = await Bun.connect({ hostname, port, data: this, socket: handlers })
    if (this.#ended) this.#socket.terminate()
  }

  /** Leaves in the middle, as a tab that is closed or a network that is gone. */
  cut(): void {
    this.#ended = true
    this.#socket?.terminate()
  }

  ask(socket: Socket<EventReader>): void {
    const { hostname, port, path, lastEventId } = this.#options
    const cursor = lastEventId === undefined ? '' : `last-event-id: ${lastEventId}\r\n`
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${cursor}\r\n`)
  }

  take(bytes: Buffer): void {
    if (this.#ended) return
    this.#rest += bytes.toString('latin1')
    if (!this.#opened && !this.#readHead()) return
    if (this.#length === undefined) this.#readChunks()
    else if (this.#rest.length >= this.#length) {
      this.#readFrames(this.#rest)
      this.over(true)
    }
  }

  over(whole: boolean): void {
    if (this.#ended) return
    this.cut()
    this.#options.onEnd?.(whole)
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) return false
    this.#opened = true
    const status = Number(this.#rest.slice(9, 12))
    const sized = /\r\ncontent-length: (\d+)\r\n/i.exec(this.#rest.slice(0, end + 2))
    this.#rest = this.#rest.slice(end + 4)
    // What is over at once comes whole, with its length.
    if (sized !== null) this.#length = Number(sized[1])
    this.#options.onOpen?.(status)
    return true
  }

  #readChunks(): void {
    let start = 0
    while (!this.#ended) {
      const end = this.#rest.indexOf('\r\n', start)
      if (end < 0) break
      const size = Number.parseInt(this.#rest.slice(start, end), 16)
      if (this.#rest.length < end + 2 + size + 2) break
      if (size === 0) this.over(true)
      else this.#readFrames(this.#rest.slice(end + 2, end + 2 + size))
      start = end + 2 + size + 2
    }
    this.#rest = this.#rest.slice(start)
  }

  #readFrames(chunk: string): void {
    this.#frames += chunk
    let start = 0
    for (;;) {
      const end = this.#frames.indexOf('\n\n', start)
      if (end < 0 || this.#ended) break
      this.#options.onFrame(this.#frames.slice(start, end))
      start = end + 2
    }
    this.#frames = this.#frames.slice(start)
  }
}

const handlers = {
  open: (socket: Socket<EventReader>) => socket.data.ask(socket),
  data: (socket: Socket<EventReader>, bytes: Buffer) => socket.data.take(bytes),
  close: (socket: Socket<EventReader>) => socket.data.over(false),
  error: (socket: Socket<EventReader>) => socket.data.over(false),
}

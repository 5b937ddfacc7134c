import type { Socket } from 'bun'
import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** The address of a stream, and the functions that receive it. */
export type EventReaderOptions = {
  port: number
  path: string
  lastEventId?: string | undefined
  onEvent: (event: EventSourceMessage) => void
  /** The stream has sent a comment. The first one shows that it is connected. */
  onComment?: () => void
  /** The status of the response, when its head has arrived. */
  onOpen?: (status: number) => void
  /** The connection has ended. Not called after `cut`. */
  onEnd?: () => void
}

/**
 * Reads an event stream from a socket. `fetch` would take so much CPU for thousands of readers that it would slow the
 * server down. It reads only HTTP/1.1 responses in ASCII, either chunked or with a content length.
 */
export class EventReader {
  readonly #options: EventReaderOptions
  readonly #feed: (text: string) => void
  #socket: Socket<EventReader> | undefined
  #opened = false
  #ended = false
  #rest = ''
  #length: number | undefined

  constructor(options: EventReaderOptions) {
    this.#options = options
    this.#feed = createParser(options).feed
  }

  /** Connects and sends the request. @throws Error when the port refuses the connection */
  async open(): Promise<void> {
    const { port } = this.#options
    this.#socket = await Bun.connect({
      hostname: '127.0.0.1',
      port,
      data: this,
      socket: handlers,
    })
    if (this.#ended) this.#socket.terminate()
  }

  /** Disconnects without notice, like a closed tab or a lost network. */
  cut(): void {
    this.#ended = true
    this.#socket?.terminate()
  }

  /** Sends the request. */
  request(socket: Socket<EventReader>): void {
    const { port, path, lastEventId } = this.#options
    const cursor = lastEventId === undefined ? '' : `last-event-id: ${lastEventId}\r\n`
    socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${cursor}\r\n`)
  }

  /** Takes bytes of the response. */
  receive(bytes: Buffer): void {
    if (this.#ended) return
    this.#rest += bytes.toString('latin1')
    if (!this.#opened && !this.#readHead()) return
    if (this.#length === undefined) this.#readChunks()
    else if (this.#rest.length >= this.#length) {
      this.#feed(this.#rest)
      this.end()
    }
  }

  /** Ends the reading, when the response is complete or the connection is closed. */
  end(): void {
    if (this.#ended) return
    this.cut()
    this.#options.onEnd?.()
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) return false
    this.#opened = true
    const status = Number(this.#rest.slice(9, 12))
    // Bun sends a stream that ends at once with its length.
    const sized = /\r\ncontent-length: (\d+)\r\n/i.exec(this.#rest.slice(0, end + 2))
    this.#rest = this.#rest.slice(end + 4)
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
      if (size === 0) this.end()
      else this.#feed(this.#rest.slice(end + 2, end + 2 + size))
      start = end + 2 + size + 2
    }
    this.#rest = this.#rest.slice(start)
  }
}

const handlers = {
  open: (socket: Socket<EventReader>) => socket.data.request(socket),
  data: (socket: Socket<EventReader>, bytes: Buffer) => socket.data.receive(bytes),
  close: (socket: Socket<EventReader>) => socket.data.end(),
  error: (socket: Socket<EventReader>) => socket.data.end(),
}

import { createParser } from 'eventsource-parser'

/** An event or a comment of an event stream. `retry` (ms) is on the first frame after the field. */
export type Frame = {
  id?: string | undefined
  event?: string | undefined
  data?: string
  comment?: string
  retry?: string
}

/** Reads frames until the stream ends or `isLast` accepts one, and then cancels the stream. */
export async function readFrames(
  response: Response,
  isLast: (frame: Frame) => boolean = () => false,
): Promise<Frame[]> {
  const frames: Frame[] = []
  for await (const frame of framesOf(response)) {
    frames.push(frame)
    if (isLast(frame)) break
  }
  return frames
}

type Bytes = {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

/**
 * Yields the frames of a stream as they arrive. Cancelling `reader` ends the loop, even while it waits.
 * @throws ParseError for a line that is not a field of an event stream
 */
export async function* framesOf(
  response: Response,
  reader: Bytes | undefined = response.body?.getReader(),
): AsyncGenerator<Frame> {
  if (reader === undefined) throw new Error('The response has no body.')
  const frames: Frame[] = []
  let opening: Frame = {}
  const add = (frame: Frame) => {
    frames.push({ ...opening, ...frame })
    opening = {}
  }
  const parser = createParser({
    onEvent: add,
    onComment: (comment) => add({ comment }),
    onRetry: (retryMs) => {
      opening = { retry: String(retryMs) }
    },
    onError(error) {
      throw error
    },
  })
  const decoder = new TextDecoder()
  try {
    while (true) {
      const { done, value } = await reader.read()
      if (done) return
      parser.feed(decoder.decode(value, { stream: true }))
      yield* frames.splice(0)
    }
  } finally {
    await reader.cancel()
  }
}

/** The data of all events without a name. */
export function linesOf(frames: Frame[]): string[] {
  return frames.flatMap(({ event, data }) =>
    event === undefined && data !== undefined ? [data] : [],
  )
}

/** One frame of an event stream, as a reader gets it. */
export type Frame = { id?: string; event?: string; data?: string; comment?: string; retry?: string }

/** Reads a stream frame by frame, until it ends or `until` says so. Leaving cancels the stream. */
export async function readFrames(
  response: Response,
  until: (frame: Frame) => boolean = () => false,
): Promise<Frame[]> {
  const frames: Frame[] = []
  for await (const frame of framesOf(response)) {
    frames.push(frame)
    if (until(frame)) break
  }
  return frames
}

type Bytes = {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

/** The frames of a stream as they arrive. Cancelling the reader ends it, also while it waits. */
export async function* framesOf(
  response: Response,
  reader: Bytes | undefined = response.body?.getReader(),
): AsyncGenerator<Frame> {
  if (reader === undefined) throw new Error('The response has no body.')
  let rest = ''
  const decoder = new TextDecoder()
  try {
    while (true) {
      const { done, value } = await reader.read()
      if (done) return
      rest += decoder.decode(value, { stream: true })
      const blocks = rest.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) yield parse(block)
    }
  } finally {
    await reader.cancel()
  }
}

/** The data of all events that have no name. */
export function linesOf(frames: Frame[]): string[] {
  return frames.flatMap(({ event, data }) =>
    event === undefined && data !== undefined ? [data] : [],
  )
}

function parse(block: string): Frame {
  const frame: Frame = {}
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    const value = line.slice(colon + 1).replace(/^ /, '')
    if (colon === 0) frame.comment = value
    else if (line.startsWith('data'))
      frame.data = frame.data === undefined ? value : `${frame.data}\n${value}`
    else if (line.startsWith('id')) frame.id = value
    else if (line.startsWith('event')) frame.event = value
    else if (line.startsWith('retry')) frame.retry = value
    else throw new Error(`Not a line of an event stream: ${JSON.stringify(line)}`)
  }
  return frame
}

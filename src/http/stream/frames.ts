/** The headers of a stream, all of them. What each is for stands in ARCHITECTURE.md. */
export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const

/** A comment: readers ignore it, proxies see that the connection lives. It has no id, so it changes no cursor. */
export const keepAliveFrame = ':\n\n'

/** A comment before the server closes: no `done`, so that the client comes back with its cursor. */
export const closingFrame = ': the server restarts\n\n'

/** What every stream begins with, at once: it flushes proxies, and Bun holds the head back until the first byte. */
export function openingFrame(retryMs: number): string {
  return `retry: ${retryMs}\n: connected\n\n`
}

/**
 * One event on the wire. Line ends in `data`, and NUL, become line ends of ours, so that no text can end a frame or
 * begin a field; `id` and `event` are ours and hold no line end.
 */
export function eventFrame({
  id,
  event,
  data,
}: {
  id: string
  event?: string
  data: string
}): string {
  const lines = data.toWellFormed().replace(/\r\n|[\r\n\0]/g, '\ndata: ')
  return `id: ${id}\n${event === undefined ? '' : `event: ${event}\n`}data: ${lines}\n\n`
}

/** The last frame. Not "error" or "close": EventSource has events of its own by those names. */
export function doneFrame(id: string, status: string): string {
  return eventFrame({ id, event: 'done', data: JSON.stringify({ status }) })
}

/** The last frame for a reader whose run never began. */
export const unknownRunFrame = 'event: done\ndata: {"status":"unknown"}\n\n'

/** The last frame for a reader whose sign-on has expired. */
export const signedOutFrame = 'event: done\ndata: {"status":"signed_out"}\n\n'

/** What a reader has seen, as its `Last-Event-ID` says: `<run>:<seq>`. Anything else counts as nothing seen. */
export function readCursor(
  lastEventId: string | undefined,
): { run: string; seq: number } | undefined {
  const match = /^([0-9a-f-]{36}):(\d{1,15})$/i.exec(lastEventId ?? '')
  const [, run, seq] = match ?? []
  return run === undefined ? undefined : { run: run.toLowerCase(), seq: Number(seq) }
}

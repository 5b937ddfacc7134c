/**
 * A comment that shows proxies that the connection is alive. No comment ends with an empty line, because some clients
 * dispatch an empty event then. https://github.com/Azure/fetch-event-source/blob/v2.0.1/src/parse.ts
 */
export const keepAliveFrame = ':\n'

/** A comment before the server closes. There is no `done`, so the client comes back with its cursor. */
export const closingFrame = ': the server restarts\n'

/** The first bytes of every stream. They flush proxies, and Bun sends the response head only with the first byte. */
export function openingFrame(retryMs: number): string {
  return `retry: ${retryMs}\n: connected\n`
}

/**
 * One event. Line ends and NUL in `data` become line feeds of the framing, so that no text can end a frame or start a
 * field. `id` and `event` must not contain line ends.
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

/** The last frame. Its event is not named "error" or "close", because EventSource has events with these names. */
export function doneFrame(id: string, status: string): string {
  return eventFrame({ id, event: 'done', data: JSON.stringify({ status }) })
}

/** The last frame for a reader whose run did not start in time, or was deleted. */
export const unknownRunFrame = 'event: done\ndata: {"status":"unknown"}\n\n'

/** The last frame for a reader whose identity has expired. */
export const signedOutFrame = 'event: done\ndata: {"status":"signed_out"}\n\n'

/** Reads a `Last-Event-ID` of the form `<run>:<seq>`; `undefined` for anything else. */
export function readLastEventId(
  lastEventId: string | undefined,
): { run: string; seq: number } | undefined {
  const match = /^([0-9a-f-]{36}):(\d{1,15})$/i.exec(lastEventId ?? '')
  const [, run, seq] = match ?? []
  return run === undefined ? undefined : { run: run.toLowerCase(), seq: Number(seq) }
}

/**
 * The last frame for a reader that has received no event and waits for the next run. From its id the client can come back
 * to the same position, although it has received no event.
 */
export function positionFrame({ run, seq }: { run: string; seq: number }): string {
  return doneFrame(`${run}:${seq}`, 'unknown')
}

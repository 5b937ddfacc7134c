/** What a log entry has besides its message. `cause` is written with its stack and its own causes. */
export type LogFields = { cause?: unknown } & Record<string, unknown>

/** Writes for the operator of the server. No call throws. */
export type Log = {
  /** An unexpected failure. */
  error: (message: string, fields?: LogFields) => void
  /** Something that works but needs attention, such as an unsafe setting. */
  warn: (message: string, fields?: LogFields) => void
  /** A normal event, such as the start of the server or a request. */
  info: (message: string, fields?: LogFields) => void
}

/** Limits a log call to one entry per minute, because clients can cause such entries at any rate. */
export function oncePerMinute(write: Log['warn'], now: () => number): Log['warn'] {
  let loggedAt = Number.NEGATIVE_INFINITY
  return function writeThrottled(message, fields) {
    if (now() - loggedAt < 60_000) return
    loggedAt = now()
    write(message, fields)
  }
}

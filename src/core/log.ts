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

/**
 * Limits a log call to one entry per minute, because clients can cause such entries at any rate. The clock must not be one
 * that can be set: entries would be missing for as long as it was set back.
 */
export function oncePerMinute(write: Log['warn'], monotonicMs: () => number): Log['warn'] {
  let loggedAt = Number.NEGATIVE_INFINITY
  return function writeThrottled(message, fields) {
    if (monotonicMs() - loggedAt < 60_000) return
    loggedAt = monotonicMs()
    write(message, fields)
  }
}

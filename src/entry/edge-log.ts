import type { Log } from '../core/log.ts'
import { createLog, type LogSettings } from './log.ts'

/** The log of a Worker: one call of `console` per line. `secrets` are left out. */
export function createEdgeLog(settings: LogSettings, secrets: readonly string[] = []): Log {
  // biome-ignore lint/suspicious/noConsole: a Worker has no standard error
  return createLog(settings, secrets, (text) => console.error(text.trimEnd()))
}

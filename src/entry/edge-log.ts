import type { Config } from '../config.ts'
import type { Log } from '../core/log.ts'
import { createLog } from './log.ts'

/** The log of a Worker: one call of `console` per line. `secrets` are left out. */
export function createEdgeLog(
  settings: Pick<Config, 'logFormat' | 'logLevel'>,
  secrets: readonly string[] = [],
): Log {
  // biome-ignore lint/suspicious/noConsole: a Worker has no standard error
  return createLog(settings, secrets, (text) => console.error(text.trimEnd()))
}

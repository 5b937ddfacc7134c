import type { Log, LogFields } from '../../src/core/log.ts'

/** One line that was logged. */
export type LogLine = { level: keyof Log; message: string } & LogFields

/** A log that keeps its lines for the test to read. */
export function memoryLog(): { log: Log; logged: LogLine[] } {
  const logged: LogLine[] = []
  const keep = (level: keyof Log) => (message: string, fields?: LogFields) =>
    void logged.push({ level, message, ...fields })
  return { log: { error: keep('error'), warn: keep('warn'), info: keep('info') }, logged }
}

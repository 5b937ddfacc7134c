import type { Log, LogFields } from '../core/log.ts'

/** The log of a process on standard error: one entry a call, an error with its stack and its causes. */
export const log: Log = {
  error: (message, fields) => write('error', message, fields),
  warn: (message, fields) => write('warn', message, fields),
  info: (message, fields) => write('info', message, fields),
}

function write(level: keyof Log, message: string, { cause, ...fields }: LogFields = {}): void {
  const details = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`)
  const lines = [`${new Date().toISOString()} ${level} ${message}${details.join('')}`]
  for (let next = cause; next !== undefined && lines.length < 8; ) {
    lines.push(describe(next))
    next = next instanceof Error ? next.cause : undefined
  }
  process.stderr.write(`${lines.join('\n  caused by ')}\n`)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? ` (${String(error.code)})` : ''
  return `${error.stack ?? `${error.name}: ${error.message}`}${code}`
}

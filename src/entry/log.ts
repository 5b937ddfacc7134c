/** Writes a failure with all its causes to standard error: one entry, with the time and what it was about. */
export function report(error: unknown, about: string): void {
  const lines = [`${new Date().toISOString()} ${about}`]
  for (let cause = error; cause !== undefined && lines.length < 8; ) {
    lines.push(describe(cause))
    cause = cause instanceof Error ? cause.cause : undefined
  }
  process.stderr.write(`${lines.join('\n  caused by ')}\n`)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? ` (${String(error.code)})` : ''
  return `${error.stack ?? `${error.name}: ${error.message}`}${code}`
}

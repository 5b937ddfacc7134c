/** What the doctor looks at. */
export type Check =
  | 'reached'
  | 'stream'
  | 'buffered'
  | 'compressed'
  | 'cut'
  | 'heartbeats'
  | 'headers'
  | 'processes'
  | 'clock'
  | 'post_wait'
  | 'http_version'

/** `broken` breaks the stream, `note` should be known, `unknown` could not be found out. */
export type Verdict = 'fine' | 'note' | 'broken' | 'unknown'

/** One thing that was looked at: in words for people, in values for programs. */
export type Finding = {
  check: Check
  verdict: Verdict
  says: string
  values: Record<string, number | string | boolean | string[]>
}

/** A time as people say it. */
export function time(ms: number): string {
  const rounded = Math.round(Math.abs(ms))
  return rounded < 1000 ? `${rounded} ms` : `${(rounded / 1000).toFixed(1)} s`
}

/** A number with its noun. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : noun.endsWith('s') ? 'es' : 's'}`
}

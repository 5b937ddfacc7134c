/** The time that something took: "340 ms", "3.4 s", "1 min 05 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  return elapsed(ms + 50)
}

/** A running clock in whole seconds: "12 s", "1 min 05 s". The page and its script share it. */
export function elapsed(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  if (seconds < 60) return `${seconds} s`
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/** The time from the start of a run to an event: "+1.2 s". */
export function offset(ms: number): string {
  return ms < 59_950 ? `+${(Math.max(0, ms) / 1000).toFixed(1)} s` : `+${elapsed(ms + 50)}`
}

/** The time since `at`, short enough for a list: "now", "5 min", "3 h", "2 d", then the date. Both in ms since 1970. */
export function age(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000)
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min`
  if (minutes < 60 * 24) return `${Math.floor(minutes / 60)} h`
  if (minutes < 60 * 24 * 7) return `${Math.floor(minutes / 60 / 24)} d`
  return new Date(at).toISOString().slice(0, 10)
}

/** A moment as evidence gives it: "2026-11-24 15:20:05 UTC". */
export function utcText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

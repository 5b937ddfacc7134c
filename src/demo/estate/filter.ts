/** True if `wanted` has the value, or is not given. */
export function isOneOf<Value>(wanted: readonly Value[] | undefined, value: Value): boolean {
  return wanted === undefined || wanted.includes(value)
}

/** Finds every word of `wanted` in any of the fields, ignoring case. */
export function allWords(wanted: string | undefined): (fields: string[]) => boolean {
  if (wanted === undefined) return () => true
  const words = wanted.toLowerCase().split(/\s+/)
  return (fields) => {
    const text = fields.join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  }
}

/** Finds spans in ms that overlap the range, which is open where an end is not given. */
export function overlaps(
  from: string | undefined,
  to: string | undefined,
): (span: { startMs: number; endMs: number }) => boolean {
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from)
  const toMs = to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to)
  return ({ startMs, endMs }) => endMs >= fromMs && startMs <= toMs
}

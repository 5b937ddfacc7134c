const offsetMs = findOffset()

/** Milliseconds since 1970, with fractions, the same in all processes of this machine. */
export function clockMs(): number {
  return offsetMs + performance.now()
}

/**
 * `performance.timeOrigin` is off by up to a millisecond from process to process. The whole milliseconds of `Date` are
 * never ahead of the time, and at their turns not behind it either: the greatest difference is the true one.
 */
function findOffset(): number {
  const until = performance.now() + 20
  let offset = Number.NEGATIVE_INFINITY
  while (performance.now() < until) offset = Math.max(offset, Date.now() - performance.now())
  return offset
}

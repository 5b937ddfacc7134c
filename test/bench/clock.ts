const offsetMs = findOffset()

/** Milliseconds since 1970, with fractions, the same in all processes of this machine. */
export function clockMs(): number {
  return offsetMs + performance.now()
}

/**
 * `performance.timeOrigin` differs by up to a millisecond between processes. `Date.now()` rounds down and is exact when
 * it changes, so the greatest difference to `performance.now()` is the offset.
 */
function findOffset(): number {
  const until = performance.now() + 20
  let offset = Number.NEGATIVE_INFINITY
  while (performance.now() < until) offset = Math.max(offset, Date.now() - performance.now())
  return offset
}

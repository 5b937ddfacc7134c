type Report = (error: unknown, about: string) => void

/** A report that speaks at most once a minute: what anybody can cause must not fill the log. */
export function seldom(report: Report, now: () => number): Report {
  let toldAt = Number.NEGATIVE_INFINITY
  return function reportSeldom(error, about) {
    if (now() - toldAt < 60_000) return
    toldAt = now()
    report(error, about)
  }
}

/** Collects durations in ms. */
export class Latencies {
  readonly #all: number[] = []

  add(ms: number): void {
    this.#all.push(ms)
  }

  /** The duration that `percent` of the durations do not exceed; 0 if there are none. */
  percentile(percent: number): number {
    const sorted = Float64Array.from(this.#all).sort()
    return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0
  }
}

/** The median of some numbers; 0 if there are none. */
export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}

/**
 * A moment as the tables of the estate write it: days from today, then the time in UTC. `-1 22:30`
 * is last night.
 */
export type When = `${number} ${number}:${number}`

export const minuteMs = 60_000
export const dayMs = 24 * 60 * minuteMs

/** The first moment of the UTC day, in ms. */
export function startOfDay(now: number): number {
  return Math.floor(now / dayMs) * dayMs
}

/** The ms of a moment of the tables, for the day that began at `today`. */
export function momentOf(today: number, when: When): number {
  const [days = 0, hours = 0, minutes = 0] = when.split(/[ :]/).map(Number)
  return today + days * dayMs + (hours * 60 + minutes) * minuteMs
}

/** The same as ISO 8601. */
export function isoOf(today: number, when: When): string {
  return iso(momentOf(today, when))
}

/** ISO 8601 to the second; nothing in the estate is finer. */
export function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

/** A time in the tables of the estate: days from today, then the time in UTC. `-1 22:30` is last night. */
export type When = `${number} ${number}:${number}`

/** A record with its start and end in ms since 1970, so that filters compare numbers. */
export type Timed<Item> = { item: Item; startMs: number; endMs: number }

export const minuteMs = 60_000
export const dayMs = 24 * 60 * minuteMs

/** The start of the UTC day. */
export function startOfDay(nowMs: number): number {
  return Math.floor(nowMs / dayMs) * dayMs
}

/** A time of the tables in ms since 1970, for the day that starts at `todayMs`. */
export function momentOf(todayMs: number, when: When): number {
  const [days = 0, hours = 0, minutes = 0] = when.split(/[ :]/).map(Number)
  return todayMs + days * dayMs + (hours * 60 + minutes) * minuteMs
}

/** ISO 8601 in UTC with seconds, the precision of the estate. */
export function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

import { dayMs, minuteMs } from './day.ts'

/**
 * When a pipeline starts by itself: in words, and as the moments (ms) of the UTC day that begins
 * at `day`.
 */
export type Schedule = { text: string; startsOn: (day: number) => number[] }

/** Once a day at a time of UTC, `22:30`. */
export function daily(time: string): Schedule {
  return { text: `Daily at ${time} UTC`, startsOn: (day) => [day + minutesOf(time) * minuteMs] }
}

/** Every so many hours, counted from midnight UTC, at this minute of the hour. */
export function everyHours(hours: number, minute: number): Schedule {
  return {
    text: `${hours === 1 ? 'Every hour' : `Every ${hours} hours`} at minute ${minute}`,
    startsOn: (day) =>
      Array.from({ length: 24 / hours }, (_, i) => day + (i * hours * 60 + minute) * minuteMs),
  }
}

/** On Mondays at a time of UTC. */
export function mondays(time: string): Schedule {
  const { startsOn } = daily(time)
  return {
    text: `Mondays at ${time} UTC`,
    startsOn: (day) => (new Date(day).getUTCDay() === 1 ? startsOn(day) : []),
  }
}

/** Never by the clock: something that arrives starts it. */
export function onArrival(text: string): Schedule {
  return { text, startsOn: () => [] }
}

/** The moments of the last two weeks and of the whole of today. */
export function startsOf({ startsOn }: Schedule, today: number): number[] {
  return Array.from({ length: 15 }, (_, i) => startsOn(today - (14 - i) * dayMs)).flat()
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

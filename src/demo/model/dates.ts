const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** A moment as people write it, "Mon 24 Nov 09:00 UTC"; with its year when that is not the year of `now` (ms). */
export function moment(iso: unknown, now: number | undefined): string {
  const at = typeof iso === 'string' ? new Date(iso) : undefined
  if (at === undefined || Number.isNaN(at.getTime())) return typeof iso === 'string' ? iso : '–'
  return `${dayOf(at, now)} ${clock(at)} UTC`
}

/** From one moment to another; the day is said once when both lie in it. */
export function window(from: unknown, to: unknown, now: number | undefined): string {
  const [start, end] = [from, to].map((iso) => new Date(typeof iso === 'string' ? iso : Number.NaN))
  if (!start || !end || Number.isNaN(start.getTime()) || Number.isNaN(end.getTime())) {
    return moment(from, now)
  }
  return isSameDay(start, end)
    ? `${dayOf(start, now)} ${clock(start)}–${clock(end)} UTC`
    : `${dayOf(start, now)} ${clock(start)} – ${dayOf(end, now)} ${clock(end)} UTC`
}

function isSameDay(left: Date, right: Date): boolean {
  return left.toISOString().slice(0, 10) === right.toISOString().slice(0, 10)
}

function dayOf(at: Date, now: number | undefined): string {
  const year = at.getUTCFullYear()
  const sameYear = now === undefined || new Date(now).getUTCFullYear() === year
  const day = `${days[at.getUTCDay()]} ${at.getUTCDate()} ${months[at.getUTCMonth()]}`
  return sameYear ? day : `${day} ${year}`
}

function clock(at: Date): string {
  return at.toISOString().slice(11, 16)
}

/** "45 min", "2 h 5 min", "3 d 4 h". */
export function duration(minutes: number): string {
  const whole = Math.round(minutes)
  if (whole < 60) return `${whole} min`
  const hours = Math.floor(whole / 60)
  if (hours < 48) return whole % 60 === 0 ? `${hours} h` : `${hours} h ${whole % 60} min`
  const rest = hours % 24
  return rest === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${rest} h`
}

/** How long ago a moment was, or nothing when that cannot be told. */
export function since(iso: unknown, now: number | undefined): string | undefined {
  const at = typeof iso === 'string' ? Date.parse(iso) : Number.NaN
  if (now === undefined || Number.isNaN(at) || at > now) return undefined
  return duration((now - at) / 60_000)
}

import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'

/** The cookie with the distance of the browser's clock from UTC, in minutes. The script of the page sets it. */
const clockCookie = 'utc_offset'

/** The distance of the browser's clock from UTC, in ms. Undefined for a browser that has not run the script of the page yet. */
export function clockOffsetMs(c: Context): number | undefined {
  const minutes = /^-?\d{1,3}$/.exec(getCookie(c, clockCookie) ?? '')?.[0]
  return minutes === undefined ? undefined : Number(minutes) * 60_000
}

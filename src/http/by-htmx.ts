import type { Context } from 'hono'
import type { HttpEnv } from './context.ts'

/** Whether htmx asks, which swaps a fragment in; otherwise it is a browser that wants a page. */
export function byHtmx(c: Context<HttpEnv>): boolean {
  return c.req.header('hx-request') === 'true'
}

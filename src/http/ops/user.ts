import { Hono } from 'hono'
import type { HttpEnv, Services } from '../context.ts'
import { routes } from '../routes.ts'

/** The current user with the source systems, and the models to choose from. */
export function userRoutes({ shell, systems }: Services): Hono<HttpEnv> {
  const user = new Hono<HttpEnv>()
  const sources = Object.fromEntries(
    systems.map(({ id, isLive }) => [id, isLive ? 'live' : 'sample']),
  )
  user.get(routes.api.user, (c) => {
    const { id, account = id, name } = c.get('user')
    return c.json({ id: account, name, systems: sources })
  })
  user.get(routes.api.models, (c) => {
    const models = shell.models.map(({ id, name }, index) => ({ id, name, default: index === 0 }))
    return c.json({ models })
  })
  return user
}

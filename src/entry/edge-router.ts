import { asOpsError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Identify } from '../http/identity/user.ts'
import { trustProxies } from '../http/network/proxy-trust.ts'
import { readShareLink } from '../http/runs/share-link.ts'
import { clientAddress, type Identified, identifiedRequest } from './edge-identity.ts'

type UserObject = { fetch(request: Request): Promise<Response> }
type ObjectId = { toString(): string }

/** What the router uses of the binding to the objects. */
export type Objects = {
  getByName(name: string): UserObject
  /** @throws for anything but the id of an object of this binding */
  idFromString(id: string): ObjectId
  get(id: ObjectId): UserObject
}

/** Sends a request to the object of its user. `keepAlive` keeps the Worker running until a promise settles. */
export type Route = (
  request: Request,
  objects: Objects,
  keepAlive: (work: Promise<unknown>) => void,
) => Promise<Response>

/**
 * Creates the router: it identifies the user of each request and sends the request to the object of that user. A request
 * without a user goes to an object without a user, which answers 401, the health checks and the doctor.
 */
export function createRouter(identify: Identify, log: Log): Route {
  const readArrival = trustProxies({
    trustedProxies: [],
    proxyHeaders: 'x-forwarded',
    remoteAddress: clientAddress,
  })
  async function identified(request: Request): Promise<Identified> {
    try {
      const user = await identify(request, readArrival(request))
      return user === undefined ? {} : { user }
    } catch (thrown) {
      const { code, message, retryAfterSeconds } = asOpsError(thrown)
      if (code === 'internal') log.error('the user could not be identified', { cause: thrown })
      return { error: { code, message, retryAfterSeconds } }
    }
  }
  return async function route(request, objects, keepAlive) {
    const identifying = identified(request)
    // Concurrent requests may wait for the same check, so it must not end with the first of them.
    keepAlive(identifying)
    const found = await identifying
    const name = 'user' in found ? `user/${found.user.id}` : 'nobody'
    const send = () => {
      const forwarded = identifiedRequest(request, found)
      const sharing = sharingObject(request, objects)
      // The cookies name the object of the user, not this one.
      if (sharing !== undefined) forwarded.headers.delete('cookie')
      return (sharing ?? objects.getByName(name)).fetch(forwarded)
    }
    try {
      return await send().catch((error: unknown) => {
        // The object was reset, such as for a new deployment. A GET may be sent again; a body is used up.
        if (request.method !== 'GET') throw error
        return send()
      })
    } catch (cause) {
      log.error('the object of a user did not answer', { cause })
      return new Response('The server restarts. Please try again in a moment.\n', {
        status: 503,
        headers: { 'retry-after': '1' },
      })
    }
  }
}

/**
 * The object with the run of a share link. The request keeps its user, who may be another one: the object of a run shows
 * that user nothing but shared runs.
 */
function sharingObject({ url, method }: Request, objects: Objects): UserObject | undefined {
  const [, link = ''] = /^\/shared\/([^/]+)$/.exec(new URL(url).pathname) ?? []
  const { place } = readShareLink(link) ?? {}
  if (place === undefined || method !== 'GET') return undefined
  try {
    return objects.get(objects.idFromString(place))
  } catch {
    // No object has this id. The object of the user answers that it finds nothing.
    return undefined
  }
}

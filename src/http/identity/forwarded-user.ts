import { type SignOnServices, trustedHeader } from './trusted-header.ts'
import type { Identify } from './user.ts'

/**
 * `AUTH=forwarded`: a proxy has signed people in and says who they are: oauth2-proxy, Authelia and others. Exactly one
 * header is the id. If a second one counted as well, a client could send the one that the proxy does not set.
 */
export function forwardedUser(
  headers: { forwardedUserHeader: string; forwardedNameHeader: string },
  services: SignOnServices,
): Identify {
  const header = trustedHeader(services)
  return function identifyByForwardedUser(request, arrival) {
    const id = header(request, arrival, headers.forwardedUserHeader)
    // A comma is the mark of a header that came twice: from the client, and from a proxy that adds instead of replacing.
    if (id === undefined || id.includes(',')) return undefined
    return { id, name: header(request, arrival, headers.forwardedNameHeader) ?? id }
  }
}

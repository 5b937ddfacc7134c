import { decodeBase64 } from 'hono/utils/encode'
import { z } from 'zod'
import { type SignOnServices, trustedHeader } from './trusted-header.ts'
import type { Identify } from './user.ts'

/**
 * `AUTH=easy-auth`: Azure App Service or Container Apps has signed people in. The platform takes these headers out of
 * what clients send; all the same they count from trusted proxies only, for whoever reaches the container past it.
 * https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export function easyAuth(services: SignOnServices): Identify {
  const header = trustedHeader(services)
  return function identifyByEasyAuth(request, arrival) {
    const read = (name: string) => header(request, arrival, `X-MS-CLIENT-PRINCIPAL${name}`)
    const id = read('-ID')
    if (id === undefined || id.includes(',')) return undefined
    // Two providers may give the same id to two people.
    const provider = read('-IDP')
    const name = displayNameIn(read('')) ?? read('-NAME') ?? id
    return { id: provider === undefined ? id : `${provider}/${id}`, name }
  }
}

const principal = z.object({ claims: z.array(z.object({ typ: z.string(), val: z.string() })) })

/** The name of a person; the header `-NAME` is the address that they sign in with. */
function displayNameIn(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined
  try {
    const text = new TextDecoder().decode(decodeBase64(encoded))
    const { claims } = principal.parse(JSON.parse(text))
    return claims.find(({ typ, val }) => typ === 'name' && val !== '')?.val
  } catch {
    return undefined
  }
}

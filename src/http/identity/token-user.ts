import { parse } from 'hono/utils/cookie'
import { z } from 'zod'
import { createTokenVerifier, type TokenRules } from './token-verifier.ts'
import type { Identify, IdentityServices } from './user.ts'

const optionalClaim = z.string().optional().catch(undefined)

const oidcClaims = z.object({
  sub: z.string().min(1),
  name: optionalClaim,
  preferred_username: optionalClaim,
  email: optionalClaim,
})

/** `AUTH=oidc-jwt`: each request carries a token of an OpenID provider, as a bearer token or in a cookie. */
export function oidcJwt(
  { cookie, ...rules }: TokenRules & { cookie?: string | undefined },
  services: IdentityServices,
): Identify {
  const verify = createTokenVerifier(rules, services)
  return async function identifyByToken({ headers }) {
    const token = readBearer(headers) ?? readCookie(headers, cookie)
    const verified = token ? await verify(token) : undefined
    const claims = oidcClaims.safeParse(verified?.claims)
    if (verified === undefined || !claims.success) return undefined
    const { sub, name, preferred_username: username, email } = claims.data
    return { id: sub, name: name || username || email || sub, expiresAt: verified.expiresAt }
  }
}

const accessClaims = z.object({
  sub: optionalClaim,
  email: optionalClaim,
  common_name: optionalClaim,
})

/**
 * `AUTH=cloudflare-access`: Cloudflare Access adds a signed assertion to each request. Because of the signature, it need
 * not come from a trusted proxy.
 * https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/
 */
export function cloudflareAccess(rules: TokenRules, services: IdentityServices): Identify {
  const verify = createTokenVerifier({ ...rules, algorithms: ['RS256'] }, services)
  return async function identifyByAccess({ headers }) {
    const token = headers.get('cf-access-jwt-assertion')
    const verified = token ? await verify(token) : undefined
    const claims = accessClaims.safeParse(verified?.claims)
    if (verified === undefined || !claims.success) return undefined
    const { sub, email, common_name: service } = claims.data
    // A service token has a common name and no `sub`. The prefix keeps it from matching the id of a user.
    const id = sub || (service && `service/${service}`)
    return id ? { id, name: email || service || id, expiresAt: verified.expiresAt } : undefined
  }
}

/** The rules for tokens of a Cloudflare Access team. `audience` is the AUD tag of the application. */
export function accessTokenRules(team: string, audience: string): TokenRules {
  const issuer = `https://${team}.cloudflareaccess.com`
  return { issuer, audience, keysUrl: `${issuer}/cdn-cgi/access/certs` }
}

function readBearer(headers: Headers): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
}

function readCookie(headers: Headers, name: string | undefined): string | undefined {
  return name === undefined ? undefined : parse(headers.get('cookie') ?? '', name)[name]
}

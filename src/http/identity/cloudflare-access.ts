import { z } from 'zod'
import { type TokenRules, tokenCheck } from './token.ts'
import type { SignOnServices } from './trusted-header.ts'
import type { Identify } from './user.ts'

/**
 * `AUTH=cloudflare-access`: Cloudflare Access has signed people in, and each request brings its assertion. It is signed,
 * so it need not come from a trusted proxy.
 * https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/
 */
export function cloudflareAccess(rules: TokenRules, services: SignOnServices): Identify {
  const check = tokenCheck({ ...rules, algorithms: ['RS256'] }, services)
  return async function identifyByAccess({ headers }) {
    const token = headers.get('cf-access-jwt-assertion')
    const good = token && (await check(token))
    if (!good) return undefined
    const claims = person.safeParse(good.claims)
    if (!claims.success) return undefined
    const { sub, email, common_name: service } = claims.data
    // A service has no `sub`, but the name of its token. It must not be taken for a person.
    const id = sub || (service && `service/${service}`)
    return id ? { id, name: email || service || id, expiresAt: good.expiresAt } : undefined
  }
}

const told = z.string().optional().catch(undefined)
const person = z.object({ sub: told, email: told, common_name: told })

/** What is fixed about the tokens of a team. */
export function accessRules(team: string, audience: string): TokenRules {
  const issuer = `https://${team}.cloudflareaccess.com`
  return { issuer, audience, keysUrl: `${issuer}/cdn-cgi/access/certs` }
}

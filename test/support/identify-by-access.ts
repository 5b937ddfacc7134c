import { accessTokenRules, cloudflareAccess } from '../../src/http/identity/token-user.ts'
import type { Identify, IdentityServices } from '../../src/http/identity/user.ts'

/** Identifies users as `AUTH=cloudflare-access` does for the team `acme` and the audience `tag`, with keys at another URL. */
export function identifyByAccess(keysUrl: string, services: IdentityServices): Identify {
  return cloudflareAccess({ ...accessTokenRules('acme', 'tag'), keysUrl }, services)
}

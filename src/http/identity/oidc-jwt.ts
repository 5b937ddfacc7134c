import { parse } from 'hono/utils/cookie'
import { z } from 'zod'
import { type TokenRules, tokenCheck } from './token.ts'
import type { SignOnServices } from './trusted-header.ts'
import type { Identify } from './user.ts'

/** What programs are asked with; browsers show nothing. */
export const bearerChallenge = 'Bearer realm="OpsAgent"'

/** `AUTH=oidc-jwt`: each request brings a token of an OpenID provider, as a bearer or in a cookie. */
export function oidcJwt(
  { cookie, ...rules }: TokenRules & { cookie?: string | undefined },
  services: SignOnServices,
): Identify {
  const check = tokenCheck(rules, services)
  return async function identifyByToken({ headers }) {
    const token = bearerIn(headers) ?? cookieIn(headers, cookie)
    const good = token && (await check(token))
    if (!good) return undefined
    const claims = person.safeParse(good.claims)
    if (!claims.success) return undefined
    const { sub, name, preferred_username: nick, email } = claims.data
    return { id: sub, name: name || nick || email || sub, expiresAt: good.expiresAt }
  }
}

const told = z.string().optional().catch(undefined)
const person = z.object({
  sub: z.string().min(1),
  name: told,
  preferred_username: told,
  email: told,
})

function bearerIn(headers: Headers): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
}

function cookieIn(headers: Headers, name: string | undefined): string | undefined {
  return name === undefined ? undefined : parse(headers.get('cookie') ?? '', name)[name]
}

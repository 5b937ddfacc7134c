import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Config } from '../../config.ts'
import { OpsError } from '../../core/errors.ts'
import type { AppServices, HttpEnv } from '../context.ts'
import type { Arrival } from '../network/proxy-trust.ts'
import { basic } from './basic.ts'
import { easyAuth, forwardedUser } from './proxy-user.ts'
import { accessTokenRules, cloudflareAccess, oidcJwt } from './token-user.ts'
import type { Identify, IdentityServices, User } from './user.ts'

/** How the server identifies users. */
export type Identity = {
  identify: Identify
  /** The `WWW-Authenticate` header of a 401. */
  challenge?: string
  /** For the startup message. Undefined for `AUTH=none`. */
  description: string | undefined
}

/**
 * Creates the identity that the settings choose.
 * @throws OpsError `bad_setting` if a setting of the mode is missing or not valid
 */
export function createIdentity(settings: Config, services: IdentityServices): Identity {
  const identity = createMode(settings, services)
  const prefix = userPrefix(settings)
  async function identify(request: Request, arrival: Arrival): Promise<User | undefined> {
    const user = await identity.identify(request, arrival)
    return user && { ...user, id: `${prefix}${user.id}`, account: user.id }
  }
  return settings.auth === 'none' ? identity : { ...identity, identify }
}

/**
 * The prefix of all user ids of an identity mode. Modes and token issuers can use the same id for different users. The
 * only user of `AUTH=none` is `local`, without a prefix.
 */
export function userPrefix({ auth, oidcIssuer = '', cloudflareAccessTeam = '' }: Config): string {
  if (auth === 'none') return ''
  if (auth === 'oidc-jwt') return `${auth}/${encodeURIComponent(oidcIssuer)}/`
  if (auth === 'cloudflare-access') return `${auth}/${cloudflareAccessTeam}/`
  return `${auth}/`
}

function createMode(settings: Config, services: IdentityServices): Identity {
  const { auth } = settings
  function required<Value extends string | readonly string[]>(
    value: Value | undefined,
    name: string,
  ): Value {
    if (value !== undefined && value.length > 0) return value
    throw new OpsError('bad_setting', { message: `AUTH=${auth} needs ${name}, which is not set.` })
  }
  function describeProxies(): string {
    const proxies = required(settings.trustedProxies, 'TRUSTED_PROXIES')
    return `signed in by the proxy at ${proxies.join(' or ')} (${auth})`
  }
  switch (auth) {
    case 'none':
      return { identify: () => ({ id: 'local', name: 'You' }), description: undefined }
    case 'easy-auth':
      return { description: describeProxies(), identify: easyAuth(services) }
    case 'forwarded':
      return { description: describeProxies(), identify: forwardedUser(settings, services) }
    case 'cloudflare-access': {
      const team = required(settings.cloudflareAccessTeam, 'CLOUDFLARE_ACCESS_TEAM')
      const audience = required(settings.cloudflareAccessAudience, 'CLOUDFLARE_ACCESS_AUDIENCE')
      const rules = accessTokenRules(team, audience)
      const description = `signed in by ${rules.issuer}`
      return { identify: cloudflareAccess(rules, services), description }
    }
    case 'oidc-jwt': {
      const rules = {
        issuer: required(settings.oidcIssuer, 'OIDC_ISSUER'),
        audience: required(settings.oidcAudience, 'OIDC_AUDIENCE'),
        keysUrl: required(settings.oidcJwksUrl, 'OIDC_JWKS_URL'),
        cookie: settings.oidcCookie,
      }
      const description = `signed in with a token of ${rules.issuer}`
      const challenge = 'Bearer realm="OpsAgent"'
      return { identify: oidcJwt(rules, services), challenge, description }
    }
    case 'basic': {
      const users = required(settings.basicUsers, 'BASIC_USERS')
      const description = `${users.length} users with a password in BASIC_USERS`
      // The charset makes browsers send UTF-8.
      const challenge = 'Basic realm="OpsAgent", charset="UTF-8"'
      return { identify: basic(users, services), challenge, description }
    }
  }
}

/** Identifies the user of each request. @throws OpsError `unauthorized` if there is none */
export function requireUser({
  identify,
  challenge,
}: Pick<AppServices, 'identify' | 'challenge'>): MiddlewareHandler<HttpEnv> {
  return createMiddleware<HttpEnv>(async function identifyUser(c, next) {
    const user = await identify(c.req.raw, c.get('arrival'))
    if (user === undefined) {
      if (challenge !== undefined) c.header('www-authenticate', challenge)
      throw new OpsError('unauthorized')
    }
    c.set('user', user)
    await next()
  })
}

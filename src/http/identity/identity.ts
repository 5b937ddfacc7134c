import { OpsError } from '../../core/errors.ts'
import { basic, basicChallenge } from './basic.ts'
import { accessRules, cloudflareAccess } from './cloudflare-access.ts'
import { easyAuth } from './easy-auth.ts'
import { forwardedUser } from './forwarded-user.ts'
import { bearerChallenge, oidcJwt } from './oidc-jwt.ts'
import type { SignOnServices } from './trusted-header.ts'
import { type Identify, localUser } from './user.ts'

/** The settings that a sign-on is made of. */
export type SignOnSettings = {
  auth: 'none' | 'easy-auth' | 'forwarded' | 'cloudflare-access' | 'oidc-jwt' | 'basic'
  trustedProxies: readonly string[]
  forwardedUserHeader: string
  forwardedNameHeader: string
  cloudflareAccessTeam: string | undefined
  cloudflareAccessAudience: string | undefined
  oidcIssuer: string | undefined
  oidcAudience: string | undefined
  oidcJwksUrl: string | undefined
  oidcCookie: string | undefined
  basicUsers: readonly string[]
}

/** A way to know people: who they are, what a 401 asks for, and how the log speaks of it. */
export type SignOn = {
  identify: Identify
  challenge?: string
  /** Undefined where there is no sign-on. */
  description: string | undefined
}

type Texts = string | readonly string[]

/** Makes the sign-on that the settings name. @throws OpsError `bad_setting` where one is missing that it needs. */
export function createSignOn(settings: SignOnSettings, services: SignOnServices): SignOn {
  const { auth } = settings
  const needed = <Value extends Texts>(value: Value | undefined, name: string): Value => {
    if (value !== undefined && value.length > 0) return value
    throw new OpsError('bad_setting', { message: `AUTH=${auth} needs ${name}, which is not set.` })
  }
  const byProxy = () => {
    const proxies = needed(settings.trustedProxies, 'TRUSTED_PROXIES')
    return `signed in by the proxy at ${proxies.join(' or ')} (${auth})`
  }
  switch (auth) {
    case 'none':
      return { identify: localUser(), description: undefined }
    case 'easy-auth':
      return { description: byProxy(), identify: easyAuth(services) }
    case 'forwarded':
      return { description: byProxy(), identify: forwardedUser(settings, services) }
    case 'cloudflare-access': {
      const team = needed(settings.cloudflareAccessTeam, 'CLOUDFLARE_ACCESS_TEAM')
      const audience = needed(settings.cloudflareAccessAudience, 'CLOUDFLARE_ACCESS_AUDIENCE')
      const rules = accessRules(team, audience)
      const description = `signed in by ${rules.issuer}`
      return { identify: cloudflareAccess(rules, services), description }
    }
    case 'oidc-jwt': {
      const rules = {
        issuer: needed(settings.oidcIssuer, 'OIDC_ISSUER'),
        audience: needed(settings.oidcAudience, 'OIDC_AUDIENCE'),
        keysUrl: needed(settings.oidcJwksUrl, 'OIDC_JWKS_URL'),
        cookie: settings.oidcCookie,
      }
      const description = `with a token of ${rules.issuer}`
      return { identify: oidcJwt(rules, services), challenge: bearerChallenge, description }
    }
    case 'basic': {
      const users = needed(settings.basicUsers, 'BASIC_USERS')
      const description = `${users.length} with a password in BASIC_USERS`
      return { identify: basic(users, services), challenge: basicChallenge, description }
    }
  }
}

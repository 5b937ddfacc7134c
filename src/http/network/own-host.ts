import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Config } from '../../config.ts'
import { OpsError } from '../../core/errors.ts'
import { isLoopbackHost, readAddress } from './address.ts'

/** The names and addresses of this machine now; `any` where the platform accepts only host names that it was given. */
export type OwnHosts = 'any' | (() => readonly string[])

/** Which hosts a server answers to. */
export type HostRules = Pick<Config, 'host' | 'allowedHosts'> & {
  ownHosts: OwnHosts
  /** Whether each request must prove who sent it. */
  isIdentified: boolean
}

/**
 * Checks the `Host` header. Without this, a page could point its own domain at this server and be of the same origin (DNS
 * rebinding). Such a page has no credentials, so a server that identifies users and listens on other addresses than
 * loopback ones accepts any host, unless `ALLOWED_HOSTS` is set.
 * @throws OpsError `wrong_host`; `bad_input` if the header is not a valid host
 */
export function requireOwnHost(rules: HostRules): MiddlewareHandler {
  const isOwn = needsCheck(rules) ? hostMatcher(rules) : () => true
  return createMiddleware(async function checkHost(c, next) {
    if (!URL.canParse(c.req.url)) {
      throw new OpsError('bad_input', { message: 'The Host header is not a valid host.' })
    }
    const requested = c.req.header('host')
    if (requested !== undefined && !isOwn(requested)) throw new OpsError('wrong_host')
    await next()
  })
}

function needsCheck({ host, allowedHosts, ownHosts, isIdentified }: HostRules): boolean {
  if (allowedHosts.length > 0) return true
  return ownHosts !== 'any' && (!isIdentified || isLoopbackHost(host))
}

/** Compares without case. An entry of `ALLOWED_HOSTS` without a port accepts every port. */
function hostMatcher({ allowedHosts, ownHosts }: HostRules): (host: string) => boolean {
  const withPort = new Set(allowedHosts.filter(hasPort).map((host) => host.toLowerCase()))
  const names = new Set(allowedHosts.filter((host) => !hasPort(host)).map(nameOf))
  return function isOwnHost(host) {
    const name = nameOf(host)
    if (isLoopbackHost(name) || names.has(name) || withPort.has(host.toLowerCase())) return true
    // Read for each such request: an address may change while the server runs.
    return ownHosts !== 'any' && ownHosts().some((own) => nameOf(own) === name)
  }
}

function hasPort(host: string): boolean {
  return /^([^:]*|\[.*\]):\d+$/.test(host)
}

/** A host without its port. Addresses have several forms, and a name may end with the dot of the root. */
function nameOf(host: string): string {
  return readAddress(host)?.toString() ?? host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}

import { decodeBase64 } from 'hono/utils/encode'
import { z } from 'zod'
import { oncePerMinute } from '../../core/log.ts'
import type { Arrival } from '../network/proxy-trust.ts'
import type { Identify, IdentityServices } from './user.ts'

/**
 * `AUTH=forwarded`: a proxy such as oauth2-proxy or Authelia names the user. Only one header is read as the id, because a
 * client could send a second one that the proxy does not replace.
 */
export function forwardedUser(
  headers: { forwardedUserHeader: string; forwardedNameHeader: string },
  services: IdentityServices,
): Identify {
  const readHeader = trustedHeaderReader(services)
  return function identifyByForwardedUser(request, arrival) {
    const id = readHeader(request, arrival, headers.forwardedUserHeader)
    if (id === undefined || wasSentTwice(id)) return undefined
    return { id, name: readHeader(request, arrival, headers.forwardedNameHeader) ?? id }
  }
}

/**
 * `AUTH=easy-auth`: Azure App Service or Container Apps names the user. The platform removes these headers from client
 * requests. They are still read from trusted proxies only, because other containers can bypass the platform.
 * https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export function easyAuth(services: IdentityServices): Identify {
  const readHeader = trustedHeaderReader(services)
  return function identifyByEasyAuth(request, arrival) {
    const id = readHeader(request, arrival, 'x-ms-client-principal-id')
    if (id === undefined || wasSentTwice(id)) return undefined
    const provider = readHeader(request, arrival, 'x-ms-client-principal-idp')
    const name =
      readDisplayName(readHeader(request, arrival, 'x-ms-client-principal')) ??
      readHeader(request, arrival, 'x-ms-client-principal-name') ??
      id
    // Two identity providers can use the same id for different users.
    return { id: provider === undefined ? id : `${provider}/${id}`, name }
  }
}

/** Returns a header that only trusted proxies may set; undefined if it is missing, empty or from another address. */
function trustedHeaderReader({ monotonicMs = () => performance.now(), log }: IdentityServices) {
  const warn = oncePerMinute(log.warn, monotonicMs)
  return function readTrustedHeader(
    { headers }: Request,
    { proxied, address }: Arrival,
    name: string,
  ): string | undefined {
    const value = headers.get(name)?.trim()
    if (value === undefined || value === '') return undefined
    if (proxied) return decodeUtf8(value)
    // The value stays out of the log: it names a user.
    warn(`${name} came from ${address ?? 'an unknown address'}, which is not in TRUSTED_PROXIES`)
    return undefined
  }
}

/** `fetch` joins repeated headers with a comma: one from the client, one from a proxy that adds instead of replacing. */
function wasSentTwice(value: string): boolean {
  return value.includes(',')
}

/** Header values arrive as Latin-1, one character per byte. Proxies send names as UTF-8. */
function decodeUtf8(value: string): string {
  try {
    const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return value
  }
}

const principal = z.object({ claims: z.array(z.object({ typ: z.string(), val: z.string() })) })

/** The `name` claim. The header `x-ms-client-principal-name` usually holds an email address instead. */
function readDisplayName(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined
  try {
    const text = new TextDecoder().decode(decodeBase64(encoded))
    const { claims } = principal.parse(JSON.parse(text))
    return claims.find(({ typ, val }) => typ === 'name' && val !== '')?.val
  } catch {
    return undefined
  }
}

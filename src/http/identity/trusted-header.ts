import { type Log, oncePerMinute } from '../../core/log.ts'
import type { Arrival } from '../network/proxy-trust.ts'

/** What the sign-on modes need from the server. */
export type SignOnServices = {
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

/** Reads a header that only a trusted proxy may set; undefined where it is missing, empty or from anybody else. */
export type TrustedHeader = (request: Request, arrival: Arrival, name: string) => string | undefined

/** Makes the reader. A header from an address that is not trusted is told in the log, without its value. */
export function trustedHeader({ now, log }: SignOnServices): TrustedHeader {
  const tell = oncePerMinute(log.warn, now)
  return function readTrustedHeader({ headers }, { proxied, address }, name) {
    const value = headers.get(name)?.trim()
    if (value === undefined || value === '') return undefined
    if (proxied) return asUtf8(value)
    const from = address ?? 'an unknown address'
    tell(`${name} came from ${from}, which is not in TRUSTED_PROXIES`)
    return undefined
  }
}

/** Bytes of a header arrive one by one as Latin-1; proxies send names as UTF-8. */
function asUtf8(value: string): string {
  try {
    const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return value
  }
}

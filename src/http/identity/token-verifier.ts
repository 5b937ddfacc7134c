import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { z } from 'zod'
import { OpsError } from '../../core/errors.ts'
import { type Log, oncePerMinute } from '../../core/log.ts'
import type { IdentityServices } from './user.ts'

/** The tokens to accept. */
export type TokenRules = {
  issuer: string
  audience: string
  /** The URL of the issuer's JSON Web Key Set. */
  keysUrl: string
  /** By default all asymmetric ones. A symmetric key would let every process that verifies tokens also sign them. */
  algorithms?: readonly string[]
  /** The least time between two reads of the key set that unknown key ids cause. By default 30 s. */
  cooldownMs?: number
}

/** The claims of a valid token. `expiresAt` is in ms since 1970 and includes the leeway. */
export type VerifiedToken = { claims: JWTPayload; expiresAt: number }

const families = ['RS', 'PS', 'ES']
const asymmetric = families.flatMap((family) => [`${family}256`, `${family}384`, `${family}512`])
const leewaySeconds = 30

/**
 * Creates a function that returns undefined for a token that is not valid. It reads the key set with the first token,
 * keeps it for ten minutes, and reads it again when a token names an unknown key, as after a rotation. `hono/jwk` has no
 * leeway and reads the key set for every request.
 * @throws OpsError `sign_on_down` if the key set cannot be read
 */
export function createTokenVerifier(rules: TokenRules, services: IdentityServices) {
  const { now, monotonicMs = () => performance.now(), log } = services
  const warn = oncePerMinute(log.warn, monotonicMs)
  const findKey = keyFinder(rules, monotonicMs, log)
  return async function verifyToken(token: string): Promise<VerifiedToken | undefined> {
    try {
      const { payload } = await jwtVerify(token, findKey, {
        issuer: rules.issuer,
        audience: rules.audience,
        algorithms: [...(rules.algorithms ?? [...asymmetric, 'EdDSA', 'Ed25519'])],
        requiredClaims: ['exp'],
        clockTolerance: leewaySeconds,
        currentDate: new Date(now()),
      })
      // Without the leeway, a stream would end and reconnect in a loop while the token is still accepted.
      return { claims: payload, expiresAt: ((payload.exp ?? 0) + leewaySeconds) * 1000 }
    } catch (error) {
      if (error instanceof OpsError) throw error
      // Every token expires. Other reasons usually mean a wrong setting.
      if (!(error instanceof errors.JWTExpired)) warn('token refused', { cause: error })
      return undefined
    }
  }
}

/** The pause after a failed read of the key set. Without it, every request would wait for an issuer that is down. */
const pauseMs = 5000

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

/** How long a key set is used. */
const maxAgeMs = 600_000

/** Finds the key of a token. jose would decide with the clock of the machine when to read the key set again. */
function keyFinder(
  { keysUrl, cooldownMs = 30_000 }: TokenRules,
  monotonicMs: () => number,
  log: Log,
): JWTVerifyGetKey {
  let readAtMs = Number.NEGATIVE_INFINITY
  const keys = createRemoteJWKSet(new URL(keysUrl), {
    cooldownDuration: Number.POSITIVE_INFINITY,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    [customFetch]: keySetFetch(monotonicMs, log),
  })
  async function read() {
    await keys.reload()
    readAtMs = monotonicMs()
  }
  return async function findKey(header, token) {
    if (monotonicMs() - readAtMs >= maxAgeMs) await read()
    try {
      return await keys(header, token)
    } catch (error) {
      const isUnknown = error instanceof errors.JWKSNoMatchingKey
      if (!isUnknown || monotonicMs() - readAtMs < cooldownMs) throw error
      await read()
      return keys(header, token)
    }
  }
}

/** The `fetch` that jose calls. jose passes a signal with a timeout of 5 s and coalesces concurrent calls. */
function keySetFetch(monotonicMs: () => number, log: Log) {
  let failure: { error: OpsError; until: number } | undefined
  return async function fetchKeySet(url: string, options: RequestInit): Promise<Response> {
    if (failure !== undefined && monotonicMs() < failure.until) throw failure.error
    try {
      const response = await fetch(url, options)
      if (response.status !== 200) throw new Error(`The status was ${response.status}.`)
      const body = keySet.parse(await response.json())
      failure = undefined
      return Response.json(body)
    } catch (cause) {
      log.error(`cannot read the token keys at ${url}`, { cause })
      const error = new OpsError('sign_on_down', { cause, retryAfterSeconds: pauseMs / 1000 })
      failure = { error, until: monotonicMs() + pauseMs }
      throw error
    }
  }
}

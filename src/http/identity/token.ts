import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import { OpsError } from '../../core/errors.ts'
import { oncePerMinute } from '../../core/log.ts'
import type { SignOnServices } from './trusted-header.ts'

/** Which tokens are good. */
export type TokenRules = {
  issuer: string
  audience: string
  /** Where the issuer publishes its keys. */
  keysUrl: string
  /** Without it, all asymmetric ones: a shared secret would let everybody who knows it make tokens. */
  algorithms?: readonly string[]
  /** How long after reading the keys an unknown one is not looked for again. */
  cooldownMs?: number
}

/** What a good token says, and until when it holds, in milliseconds since 1970. */
export type Claims = { claims: JWTPayload; expiresAt: number }

const asymmetric = ['RS', 'PS', 'ES'].flatMap((kind) => [`${kind}256`, `${kind}384`, `${kind}512`])
const leewaySeconds = 30

/**
 * Makes the check of a token; undefined is a bad one. The keys are read when the first token comes, kept for ten
 * minutes, and read again when a token names an unknown one, as after a rotation.
 * @throws OpsError `sign_on_down` when they cannot be read.
 */
export function tokenCheck(rules: TokenRules, services: SignOnServices) {
  const { now, log } = services
  const tell = oncePerMinute(log.warn, now)
  const keys = createRemoteJWKSet(new URL(rules.keysUrl), {
    cooldownDuration: rules.cooldownMs ?? 30_000,
    [customFetch]: patientFetch(services),
  })
  return async function checkToken(token: string): Promise<Claims | undefined> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: rules.issuer,
        audience: rules.audience,
        algorithms: [...(rules.algorithms ?? [...asymmetric, 'EdDSA', 'Ed25519'])],
        requiredClaims: ['exp'],
        clockTolerance: leewaySeconds,
        currentDate: new Date(now()),
      })
      // With the leeway: or else a stream would end while its next request is still let in, again and again.
      return { claims: payload, expiresAt: ((payload.exp ?? 0) + leewaySeconds) * 1000 }
    } catch (error) {
      if (error instanceof OpsError) throw error
      // Every session ends some time; anything else is for the operator to know.
      if (!(error instanceof errors.JWTExpired)) tell('a token was refused', { cause: error })
      return undefined
    }
  }
}

/** After a failure the issuer is left alone for this long, or every request would wait for it. */
const restMs = 5000

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

function patientFetch({ now, log }: SignOnServices) {
  let failed: { error: OpsError; until: number } | undefined
  return async function fetchKeys(url: string, options: RequestInit): Promise<Response> {
    if (failed !== undefined && now() < failed.until) throw failed.error
    try {
      const response = await fetch(url, options)
      if (response.status !== 200) throw new Error(`It answered ${response.status}.`)
      const found = keySet.parse(await response.json())
      failed = undefined
      return Response.json(found)
    } catch (cause) {
      log.error(`the keys of the sign-on at ${url} could not be read`, { cause: cause })
      const error = new OpsError('sign_on_down', { cause, retryAfterSeconds: restMs / 1000 })
      failed = { error, until: now() + restMs }
      throw error
    }
  }
}

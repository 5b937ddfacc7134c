import { importPKCS8, SignJWT } from 'jose'
import { OpsError } from '../../core/errors.ts'
import { TokenSource } from '../token-source.ts'

/** Snowflake accepts at most an hour. */
const lifetimeSeconds = 3540

/**
 * Tokens that the private key of a user signs.
 * https://docs.snowflake.com/en/developer-guide/sql-api/authenticating (Using key-pair authentication)
 */
export function keyPairTokens(
  { account, user, privateKey }: { account: string; user: string; privateKey: string },
  now: () => number,
): TokenSource {
  // A locator has the region behind a dot, which is not part of the name here.
  const name = `${account.replace(/\..*$/, '')}.${user}`.toUpperCase()
  return new TokenSource(async () => {
    const issuedAt = Math.floor(now() / 1000)
    const { key, fingerprint } = await readKey(privateKey)
    const value = await new SignJWT()
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(`${name}.${fingerprint}`)
      .setSubject(name)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(key)
    return { value, expiresAtMs: (issuedAt + lifetimeSeconds) * 1000 }
  }, now)
}

/** The key, and `SHA256:` with the hash of its public key, as DESCRIBE USER shows it. */
async function readKey(privateKey: string): Promise<{ key: CryptoKey; fingerprint: string }> {
  try {
    const key = await importPKCS8(privateKey, 'RS256', { extractable: true })
    const { kty, n, e } = await crypto.subtle.exportKey('jwk', key)
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const jwk = { ...(kty && { kty }), ...(n && { n }), ...(e && { e }) }
    const publicKey = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify'])
    const spki = await crypto.subtle.exportKey('spki', publicKey)
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', spki))
    return { key, fingerprint: `SHA256:${btoa(String.fromCharCode(...hash))}` }
  } catch {
    // The cause is dropped, because it may have a part of the key.
    const message = 'SNOWFLAKE_PRIVATE_KEY cannot be read. It must be an RSA key in PKCS #8.'
    throw new OpsError('source_auth', { message })
  }
}

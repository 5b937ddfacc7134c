import { decodeBase64, encodeBase64 } from 'hono/utils/encode'

/** A stored password. Written as `pbkdf2:iterations:salt:hash`, salt and hash in Base64. The hash is SHA-256. */
export type PasswordHash = {
  iterations: number
  salt: Uint8Array<ArrayBuffer>
  hash: Uint8Array<ArrayBuffer>
}

// The recommendation of OWASP for PBKDF2 with SHA-256. Takes about 0.1 s.
const defaultIterations = 600_000
const hashBytes = 32
const saltBytes = 16

/** Hashes a password and returns the text for the settings. */
export async function hashPassword(
  password: string,
  iterations = defaultIterations,
): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes))
  const hash = await derive(password, salt, iterations)
  return `pbkdf2:${iterations}:${encodeBase64(salt.buffer)}:${encodeBase64(hash.buffer)}`
}

/**
 * Reads the text of `hashPassword`; undefined for any other. Fewer than 100,000 iterations are too weak, and more than
 * 9,999,999 take too long.
 */
export function readPasswordHash(text: string): PasswordHash | undefined {
  const match = /^pbkdf2:(\d{6,7}):([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/.exec(text)
  const [, iterations, encodedSalt = '', encodedHash = ''] = match ?? []
  if (iterations === undefined) return undefined
  try {
    const salt = decodeBase64(encodedSalt)
    const hash = decodeBase64(encodedHash)
    const isComplete = salt.length >= saltBytes && hash.length === hashBytes
    return isComplete ? { iterations: Number(iterations), salt, hash } : undefined
  } catch {
    return undefined
  }
}

/** A hash that no password matches. Checking it takes as long as checking the hash of a user. */
export function decoyHash(iterations = defaultIterations): PasswordHash {
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes))
  return { iterations, salt, hash: crypto.getRandomValues(new Uint8Array(hashBytes)) }
}

/** Compares a password with a hash, in a time that does not depend on the number of equal bytes. */
export async function isPassword(
  password: string,
  { iterations, salt, hash }: PasswordHash,
): Promise<boolean> {
  const derived = await derive(password, salt, iterations)
  let difference = 0
  for (const [index, byte] of hash.entries()) difference |= byte ^ (derived[index] ?? 0)
  return difference === 0
}

/** Normalizes the password first: keyboards send é as one code point or as two. */
async function derive(password: string, salt: Uint8Array<ArrayBuffer>, iterations: number) {
  const bytes = new TextEncoder().encode(password.normalize('NFC'))
  const key = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, hashBytes * 8))
}

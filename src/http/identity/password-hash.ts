import { decodeBase64, encodeBase64 } from 'hono/utils/encode'

/** What is kept of a password. Written as `pbkdf2:iterations:salt:hash`, the last two in Base64; the hash is SHA-256. */
export type PasswordHash = {
  iterations: number
  salt: Uint8Array<ArrayBuffer>
  hash: Uint8Array<ArrayBuffer>
}

// What OWASP asks for PBKDF2 with SHA-256; about a tenth of a second.
const usualIterations = 600_000
const hashBytes = 32

/** Makes the hash of a password, as it is written into the settings. */
export async function hashPassword(
  password: string,
  iterations = usualIterations,
): Promise<string> {
  const { salt } = decoyHash(iterations)
  const hash = await derive(password, salt, iterations)
  return `pbkdf2:${iterations}:${encodeBase64(salt.buffer)}:${encodeBase64(hash.buffer)}`
}

/** Reads what `hashPassword` wrote; undefined for anything else, and for what would be too weak or take for ever. */
export function readPasswordHash(text: string): PasswordHash | undefined {
  const match = /^pbkdf2:(\d{6,7}):([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/.exec(text)
  const [, iterations, salt = '', hash = ''] = match ?? []
  if (iterations === undefined) return undefined
  try {
    const read = { salt: decodeBase64(salt), hash: decodeBase64(hash) }
    const whole = read.salt.length >= 16 && read.hash.length === hashBytes
    return whole ? { iterations: Number(iterations), ...read } : undefined
  } catch {
    return undefined
  }
}

/** A hash that no password has: so that asking for nobody takes as long as asking for somebody. */
export function decoyHash(iterations = usualIterations): PasswordHash {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  return { iterations, salt, hash: crypto.getRandomValues(new Uint8Array(hashBytes)) }
}

/** Whether this is the password; how long it takes does not tell how near it was. */
export async function isPassword(
  password: string,
  { iterations, salt, hash }: PasswordHash,
): Promise<boolean> {
  const given = await derive(password, salt, iterations)
  let difference = 0
  for (const [index, byte] of hash.entries()) difference |= byte ^ (given[index] ?? 0)
  return difference === 0
}

/** The same letters can be written in several ways: one keyboard sends é as one character, another as two. */
async function derive(password: string, salt: Uint8Array<ArrayBuffer>, iterations: number) {
  const bytes = new TextEncoder().encode(password.normalize('NFC'))
  const key = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits'])
  const rule = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return new Uint8Array(await crypto.subtle.deriveBits(rule, key, hashBytes * 8))
}

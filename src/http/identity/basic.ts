import { decodeBase64, encodeBase64 } from 'hono/utils/encode'
import { OpsError } from '../../core/errors.ts'
import { Guesses } from './attempt-limit.ts'
import { decoyHash, isPassword, type PasswordHash, readPasswordHash } from './password-hash.ts'
import type { Identify, User } from './user.ts'

const rememberMs = 300_000
const mostRemembered = 1000

/** What browsers are asked with, so that they send names and passwords as UTF-8. */
export const basicChallenge = 'Basic realm="OpsAgent", charset="UTF-8"'

/**
 * `AUTH=basic`: names and passwords of our own, for a handful of people. Checking a password is slow on purpose, so who
 * was right is remembered for five minutes by a digest of the header.
 * @throws OpsError `bad_setting` for an entry that is not `name:pbkdf2:…`
 */
export function basic(entries: readonly string[], { now }: { now: () => number }): Identify {
  const users = readUsers(entries)
  const nobody = decoyHash([...users.values()][0]?.iterations)
  const guesses = new Guesses(now)
  const remembered = new Map<string, { user: Promise<User | undefined>; until: number }>()

  async function check({ name, password }: Credentials, address: string | undefined) {
    const right = () => isPassword(password, users.get(name) ?? nobody)
    return (await guesses.guess(address, right)) ? { id: name, name } : undefined
  }

  return async function identifyByPassword({ headers }, { address }) {
    const header = headers.get('authorization') ?? ''
    const credentials = readCredentials(header)
    if (credentials === undefined) return undefined
    const digest = await digestOf(header)
    const known = remembered.get(digest)
    if (known !== undefined && now() < known.until) return known.user
    // The promise is kept, not the answer: a page sends several requests at once, and they are one guess.
    const user = check(credentials, address)
    remembered.delete(digest)
    remembered.set(digest, { user, until: now() + rememberMs })
    const [oldest] = remembered.keys()
    if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest)
    const found = await user.catch((error: unknown) => {
      remembered.delete(digest)
      throw error
    })
    if (found === undefined) remembered.delete(digest)
    return found
  }
}

type Credentials = { name: string; password: string }

/** https://www.rfc-editor.org/rfc/rfc7617: a name has no colon, a password may. */
function readCredentials(header: string): Credentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(decodeBase64(encoded))
    const colon = text.indexOf(':')
    if (colon < 1) return undefined
    return { name: text.slice(0, colon).normalize('NFC'), password: text.slice(colon + 1) }
  } catch {
    return undefined
  }
}

async function digestOf(text: string): Promise<string> {
  return encodeBase64(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

/** An entry is named by its place: what stands in it is no text for a log. */
function readUsers(entries: readonly string[]): Map<string, PasswordHash> {
  const users = new Map<string, PasswordHash>()
  for (const [index, entry] of entries.entries()) {
    const colon = entry.indexOf(':')
    const name = entry.slice(0, colon).trim().normalize('NFC')
    const hash = readPasswordHash(entry.slice(colon + 1))
    if (colon < 1 || name === '' || hash === undefined || users.has(name)) {
      const message = `Entry ${index + 1} of BASIC_USERS is not valid: make each with \`bun run make-password\`, one per name.`
      throw new OpsError('bad_setting', { message })
    }
    users.set(name, hash)
  }
  return users
}

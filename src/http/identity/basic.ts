import { auth as readBasicCredentials } from 'hono/utils/basic-auth'
import { encodeBase64 } from 'hono/utils/encode'
import { OpsError } from '../../core/errors.ts'
import { AttemptLimit } from './attempt-limit.ts'
import { BoundedMap } from './bounded-map.ts'
import { decoyHash, isPassword, type PasswordHash, readPasswordHash } from './password-hash.ts'
import type { Identify, IdentityServices, User } from './user.ts'

const rememberMs = 300_000
const maxRemembered = 1000

/**
 * `AUTH=basic`: names and passwords in the settings, for a few users. A password check takes about 0.1 s of CPU, so valid
 * credentials are remembered for five minutes, under a digest of the header. `hono/basic-auth` checks every request.
 * @throws OpsError `bad_setting` for an entry that is not `name:pbkdf2:…`
 */
export function basic(
  entries: readonly string[],
  { monotonicMs = () => performance.now() }: Pick<IdentityServices, 'monotonicMs'> = {},
): Identify {
  const users = readUsers(entries)
  const decoy = decoyHash([...users.values()][0]?.iterations)
  const limit = new AttemptLimit(monotonicMs)
  const remembered = new BoundedMap<{ user: Promise<User | undefined>; until: number }>(
    maxRemembered,
  )

  /** Hashes the password for unknown names too: the response time must not reveal which names exist. */
  async function check(name: string, password: string, address: string | undefined) {
    const checkPassword = () => isPassword(password, users.get(name) ?? decoy)
    return (await limit.attempt(address, checkPassword)) ? { id: name, name } : undefined
  }

  return async function identifyByPassword(request, { address }) {
    const credentials = readBasicCredentials(request)
    if (credentials === undefined) return undefined
    const digest = await sha256(request.headers.get('authorization') ?? '')
    const known = remembered.get(digest)
    if (known !== undefined && monotonicMs() < known.until) return known.user
    // Remembers the promise, so that the concurrent requests of one page are one check.
    const pending = check(credentials.username.normalize('NFC'), credentials.password, address)
    remembered.set(digest, { user: pending, until: monotonicMs() + rememberMs })
    const user = await pending.catch((error: unknown) => {
      remembered.delete(digest)
      throw error
    })
    if (user === undefined) remembered.delete(digest)
    return user
  }
}

async function sha256(text: string): Promise<string> {
  return encodeBase64(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

/** Error messages give the position of an entry, not its text, which may be a password. */
function readUsers(entries: readonly string[]): Map<string, PasswordHash> {
  const users = new Map<string, PasswordHash>()
  for (const [index, entry] of entries.entries()) {
    const colon = entry.indexOf(':')
    const name = entry.slice(0, colon).trim().normalize('NFC')
    const hash = readPasswordHash(entry.slice(colon + 1))
    if (colon < 1 || name === '' || hash === undefined || users.has(name)) {
      const message = `Entry ${index + 1} of BASIC_USERS is not valid. Create one entry per name with \`bun run make-password NAME\`.`
      throw new OpsError('bad_setting', { message })
    }
    users.set(name, hash)
  }
  return users
}

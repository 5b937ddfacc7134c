import type { User } from '../../src/http/identity/user.ts'

/**
 * Identifies the user that the header `x-user` names; without the header, nobody. The user expires at the header
 * `x-user-expires-at`, in ms since 1970.
 */
export function identifyByHeader({ headers }: Request): User | undefined {
  const id = headers.get('x-user')
  if (id === null) return undefined
  const expiresAt = headers.get('x-user-expires-at')
  return { id, name: id, ...(expiresAt !== null && { expiresAt: Number(expiresAt) }) }
}

/** The last part of the address of a shared run: `secret`, or `place.secret` where an object has the history of one user. */
export type ShareLink = { place?: string; secret: string }

const pattern = /^(?:([0-9a-f]{64})\.)?([\w-]{43})$/

/** A link that nobody can guess: 256 random bits. */
export function createShareLink(place: string | undefined): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const secret = btoa(String.fromCharCode(...bytes))
  const text = secret.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')
  return place === undefined ? text : `${place}.${text}`
}

/** Reads a link; undefined for anything else. */
export function readShareLink(link: string): ShareLink | undefined {
  const [, place, secret] = pattern.exec(link) ?? []
  return secret === undefined ? undefined : { secret, ...(place !== undefined && { place }) }
}

/** What is stored of a link, so that a copy of the database opens no shared run. */
export async function hashOfShareLink({ secret }: ShareLink): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

import { z } from 'zod'
import { OpsError, type OpsErrorCode, publicReasons } from '../core/errors.ts'
import type { Identify, User } from '../http/identity/user.ts'

/** What the Worker found out about the sender of a request: a user, nobody, or why it could not find out. */
export type Identified =
  | { user: User }
  | { error: { code: OpsErrorCode; message: string; retryAfterSeconds?: number | undefined } }
  | Record<string, never>

const header = 'x-opsagent-identified'

/**
 * The request for the object of a user. It has no header that could name another user, no credentials, and only the
 * cookies of the app.
 */
export function identifiedRequest(request: Request, identified: Identified): Request {
  const headers = new Headers()
  for (const [name, value] of request.headers) if (!isDropped(name)) headers.append(name, value)
  const cookies = (request.headers.get('cookie') ?? '').split('; ').filter(isOwnCookie)
  if (cookies.length > 0) headers.set('cookie', cookies.join('; '))
  // Header values are Latin-1, and names are not.
  headers.set(header, encodeURIComponent(JSON.stringify(identified)))
  return new Request(request, { headers, redirect: 'manual' })
}

/** Identifies users in an object, which only the Worker can reach. */
export const readIdentified: Identify = ({ headers }) => {
  const identified = schema.parse(JSON.parse(decodeURIComponent(headers.get(header) ?? '%7B%7D')))
  if (identified.error !== undefined) {
    const { code, message, retryAfterSeconds } = identified.error
    throw new OpsError(code, { message, ...(retryAfterSeconds && { retryAfterSeconds }) })
  }
  return identified.user
}

/** The address of the client. Cloudflare sets this header and replaces the one of a client. */
export function clientAddress({ headers }: Request): string | undefined {
  return headers.get('cf-connecting-ip') ?? undefined
}

const schema = z.object({
  user: z
    .object({
      id: z.string(),
      name: z.string(),
      account: z.string().exactOptional(),
      expiresAt: z.number().exactOptional(),
    })
    .optional(),
  error: z
    .object({
      code: z.string().refine((code): code is OpsErrorCode => code in publicReasons),
      message: z.string(),
      retryAfterSeconds: z.number().optional(),
    })
    .optional(),
})

/** The object would compress a second time what the platform compresses, so it does not learn what the client accepts. */
function isDropped(name: string): boolean {
  const dropped = ['authorization', 'cookie', 'accept-encoding', 'remote-user', 'remote-name']
  return (
    dropped.includes(name) || /^x-(opsagent|forwarded|ms-client-principal)|^cf-access-/.test(name)
  )
}

function isOwnCookie(cookie: string): boolean {
  return cookie.startsWith('opsagent-')
}

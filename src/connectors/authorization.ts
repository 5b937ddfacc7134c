import type { TokenSource } from './token-source.ts'

/** How a client proves its identity to a system. */
export type Authorization = {
  /** The headers of a request. They are secret. */
  headers: (signal: AbortSignal) => Promise<Record<string, string>>
  /** Forgets what a system has refused. Returns whether other headers can be had. */
  refuse: (headers: Record<string, string>) => boolean
}

/** For requests whose credentials are not in headers, such as those for a token. */
export const noAuthorization = fixedHeaders({})

/** The same headers for every request. */
export function fixedHeaders(headers: Record<string, string>): Authorization {
  return { headers: async () => headers, refuse: () => false }
}

/** A user and a password, in UTF-8. */
export function basicAuthorization(user: string, password: string): Authorization {
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return fixedHeaders({ authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` })
}

/** A bearer token, with more headers that go along with it. */
export function bearerAuthorization(
  tokens: TokenSource,
  more: Record<string, string> = {},
): Authorization {
  return {
    headers: async (signal) => ({ authorization: `Bearer ${await tokens.get(signal)}`, ...more }),
    refuse({ authorization = '' }) {
      tokens.forget(authorization.replace('Bearer ', ''))
      return true
    },
  }
}

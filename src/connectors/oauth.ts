import { z } from 'zod'
import { noAuthorization } from './authorization.ts'
import { type ConnectorServices, type Endpoint, JsonClient } from './json-client.ts'
import { TokenSource } from './token-source.ts'

/** A request for a token. */
export type TokenRequest = Pick<Endpoint, 'system' | 'url'> & {
  /** The form of a POST, or undefined for a GET. */
  form?: Record<string, string>
  path: string
  query?: Record<string, string>
  headers?: Record<string, string>
  secrets: readonly string[]
}

/** Entra, ServiceNow and Databricks send numbers, the endpoints of managed identities texts; those have `expires_on` at least. */
const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().optional(),
  expires_on: z.coerce.number().optional(),
})

/** The tokens that a server gives for client credentials, or a host for its managed identity. */
export function oauthTokens(request: TokenRequest, services: ConnectorServices): TokenSource {
  const { system, url, form, path, query = {}, headers = {}, secrets } = request
  const client = new JsonClient(
    // Entra answers 400 for a wrong client, and the metadata service for an unknown identity.
    { system, url, authorization: noAuthorization, secrets, authStatuses: [400, 401] },
    services,
  )
  // Other calls wait for the same token, so the stop of one call must not end the request.
  const unstopped = new AbortController().signal
  return new TokenSource(async () => {
    const { body } = await client.send(
      {
        method: form ? 'POST' : 'GET',
        path,
        query,
        headers,
        ...(form && { body: new URLSearchParams(form) }),
        schema: tokenSchema,
      },
      unstopped,
    )
    const { access_token: value, expires_in: seconds, expires_on: until } = body
    const expiresAtMs =
      seconds === undefined ? (until ?? 0) * 1000 : services.now() + seconds * 1000
    return { value, expiresAtMs }
  }, services.now)
}

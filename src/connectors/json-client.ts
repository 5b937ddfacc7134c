import type { z } from 'zod'
import type { Config } from '../config.ts'
import { OpsError, throwIfAborted } from '../core/errors.ts'
import { shorten } from '../core/shorten.ts'
import type { Authorization } from './authorization.ts'
import { type Failure, failureOf, refusalOf } from './failure.ts'
import { detailOf, LongBody, parseJson, readText } from './reply.ts'
import { Slots } from './slots.ts'

/** What connectors use of the runtime, and their limits. */
export type ConnectorServices = {
  limits: Pick<Config, 'connectorSeconds' | 'connectorRequests'>
  /** Milliseconds since 1970. */
  now: () => number
  /** Resolves after a time in ms, or when the signal is aborted. It never rejects. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** A system and how to reach it. */
export type Endpoint = {
  /** As errors name it: `ServiceNow`. */
  system: string
  url: string
  authorization: Authorization
  /** Values that must not be in an error, besides the headers of the authorization. */
  secrets?: readonly string[]
  /** The statuses with which it refuses credentials. By default 401. */
  authStatuses?: readonly number[]
}

/** A request. It must be safe to repeat, unless `isOnce`. */
export type JsonRequest<Body> = {
  method?: 'GET' | 'POST' | 'PATCH'
  /** It changes data. It is repeated only if the system has refused it, and is unconfirmed if the connection breaks. */
  isOnce?: boolean
  /** A path, or a URL of the same origin, such as that of a next page. */
  path: string
  query?: Record<string, string>
  headers?: Record<string, string>
  /** Sent as a form or as JSON. */
  body?: URLSearchParams | Record<string, unknown>
  /** What the reply must contain. */
  schema: z.ZodType<Body>
  /** Statuses besides 200 whose reply fits the schema. */
  statuses?: readonly number[]
}

/** A reply that fits its schema. */
export type JsonReply<Body> = { body: Body; status: number; headers: Headers }

const maxTries = 3
/** A larger one would keep the event loop busy for too long. */
const maxBodyBytes = 4 * 1024 * 1024
const maxRedirects = 3

/**
 * Sends JSON requests to one system: with a timeout, a limit of requests at a time, and further tries after a failure that
 * passes. An error names the system. Its cause has the method, the path and the status, and no secret.
 */
export class JsonClient {
  readonly system: string
  readonly #endpoint: Endpoint
  readonly #services: ConnectorServices
  readonly #slots: Slots

  constructor(endpoint: Endpoint, services: ConnectorServices) {
    this.system = endpoint.system
    this.#endpoint = endpoint
    this.#services = services
    this.#slots = new Slots(services.limits.connectorRequests)
  }

  /** @throws OpsError `source_…`, or the reason of the signal */
  async send<Body>(request: JsonRequest<Body>, signal: AbortSignal): Promise<JsonReply<Body>> {
    const free = await this.#slots.take(signal)
    try {
      return await this.#sendUntilDone(request, signal)
    } finally {
      free()
    }
  }

  async #sendUntilDone<Body>(
    request: JsonRequest<Body>,
    signal: AbortSignal,
  ): Promise<JsonReply<Body>> {
    const { authorization } = this.#endpoint
    let isRenewed = false
    for (let tries = 1; ; ) {
      const headers = await authorization.headers(signal)
      const reply = await this.#try(request, headers, signal)
      if (!('error' in reply)) return reply
      throwIfAborted(signal)
      if (reply.isUnauthorized === true && !isRenewed && authorization.refuse(headers)) {
        isRenewed = true
        continue
      }
      const mayBeDone = request.isOnce === true && reply.error.code === 'source_unreachable'
      if (mayBeDone) throw new OpsError('tool_unconfirmed', { cause: reply.error })
      if (reply.retryMs === undefined || tries >= maxTries) throw reply.error
      await this.#services.wait(Math.max(reply.retryMs, backoffMs(tries)), signal)
      throwIfAborted(signal)
      tries += 1
    }
  }

  /** One request, with its redirects. */
  async #try<Body>(
    request: JsonRequest<Body>,
    secretHeaders: Record<string, string>,
    signal: AbortSignal,
  ): Promise<JsonReply<Body> | Failure> {
    const timeout = new AbortController()
    const done = new AbortController()
    const limitMs = this.#services.limits.connectorSeconds * 1000
    // Not awaited: it ends with this request, and never rejects.
    void this.#services.wait(limitMs, done.signal).then(() => {
      if (!done.signal.aborted) timeout.abort()
    })
    const fail: Fail = (code, say, detail) => {
      const cause = this.#cause(request, detail, secretHeaders)
      return failureOf(code, `${this.system} ${say}.`, cause)
    }
    try {
      const response = await this.#fetch(
        request,
        secretHeaders,
        AbortSignal.any([signal, timeout.signal]),
      )
      if (response === undefined) {
        return fail('source_invalid', 'redirected to another address', 'a redirect')
      }
      const text = await readText(response, maxBodyBytes)
      return this.#read(request, response, text, fail)
    } catch (thrown) {
      if (thrown instanceof LongBody) {
        return fail('source_invalid', 'sent too much data', thrown.message)
      }
      const isLate = timeout.signal.aborted
      const failure = isLate
        ? fail('source_unreachable', 'did not answer in time', `no reply in ${limitMs} ms`)
        : fail('source_unreachable', 'cannot be reached', nameOf(thrown))
      return { ...failure, retryMs: 0 }
    } finally {
      done.abort()
    }
  }

  /** Follows redirects within the origin. Resolves with undefined for another one: it must not get the credentials. */
  async #fetch(
    { method = 'GET', path, query = {}, headers, body }: JsonRequest<unknown>,
    secretHeaders: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Response | undefined> {
    const base = new URL(this.#endpoint.url)
    let url = new URL(path, base)
    if (url.origin !== base.origin) return undefined
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const isForm = body instanceof URLSearchParams
    const init: RequestInit = {
      method,
      headers: {
        accept: 'application/json',
        'user-agent': 'OpsAgent',
        ...(body && !isForm && { 'content-type': 'application/json' }),
        ...headers,
        ...secretHeaders,
      },
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
      redirect: 'manual',
      signal,
    }
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const response = await fetch(url, init)
      const location = response.headers.get('location')
      if (response.status < 300 || response.status > 399 || location === null) return response
      await response.body?.cancel()
      url = new URL(location, url)
      if (url.origin !== base.origin || method !== 'GET') return undefined
    }
    return undefined
  }

  #read<Body>(
    { schema, statuses = [] }: JsonRequest<Body>,
    { status, headers }: Response,
    text: string,
    fail: Fail,
  ): JsonReply<Body> | Failure {
    const json = parseJson(text)
    if (status !== 200 && !statuses.includes(status)) {
      const { authStatuses = [401] } = this.#endpoint
      const refusal = refusalOf(status, headers, authStatuses, this.#services.now())
      const { code, say, ...rest } = refusal
      return { ...fail(code, say, `status ${status}: ${detailOf(json)}`), ...rest }
    }
    if (json === undefined) {
      const type = headers.get('content-type') ?? 'no type'
      return fail('source_invalid', 'sent something other than JSON', `status ${status}, ${type}`)
    }
    const parsed = schema.safeParse(json)
    if (parsed.success) return { body: parsed.data, status, headers }
    const [issue] = parsed.error.issues
    const detail = `${issue?.path.join('.')}: ${issue?.message}`
    return fail('source_invalid', 'sent data in an unknown form', detail)
  }

  /** The query of the URL is left out: it has words of the user. */
  #cause(
    { method = 'GET', path }: JsonRequest<unknown>,
    detail: string,
    headers: Record<string, string>,
  ): Error {
    const values = Object.values(headers).flatMap((value) => [value, value.replace(/^\w+ /, '')])
    const secrets = [...values, ...(this.#endpoint.secrets ?? [])]
    const { pathname } = new URL(path, this.#endpoint.url)
    // Cut after the secrets are removed: a part of one would not be found.
    const { text } = shorten(withoutSecrets(detail, secrets), 300)
    return new Error(`${this.system}: ${method} ${pathname}: ${text}`)
  }
}

type Fail = (code: Failure['error']['code'], say: string, detail: string) => Failure

function backoffMs(tries: number): number {
  return 250 * 2 ** tries
}

/** A system may repeat in its reply what it received. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length > 3)
  return known.reduce((cleaned, secret) => cleaned.replaceAll(secret, '[secret]'), text)
}

function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const code = 'code' in thrown ? ` (${String(thrown.code)})` : ''
  return `${thrown.message}${code}`
}

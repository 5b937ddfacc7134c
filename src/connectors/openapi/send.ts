import { OpsError, type OpsErrorCode, throwIfAborted } from '../../core/errors.ts'
import { shorten } from '../../core/shorten.ts'
import type { ApiRequest } from './request.ts'

/** The most bytes of a response that are read. The model reads less. */
const maxResponseBytes = 256 * 1024
const maxErrorBytes = 2000
const maxRedirects = 3

/** A request with its method, and the name of its API for errors. */
export type SentRequest = ApiRequest & { api: string; method: string; signal: AbortSignal }

/**
 * Sends a request; resolves with its text for the model.
 * @throws OpsError `tool_failed` if it can be repeated, `tool_unconfirmed` if it may have changed data, `tool_reported` with the
 * reason of the API
 */
export async function send(request: SentRequest): Promise<string> {
  const response = await follow(request)
  const type = response.headers.get('content-type') ?? ''
  if (response.ok) {
    if (response.status === 204 || response.body === null) return 'The response has no content.'
    if (/^text\/html/i.test(type)) {
      await response.body.cancel()
      throw new OpsError('tool_failed', {
        message: `The API ${request.api} answered with a page instead of data.`,
      })
    }
    if (!/json|^text\/|xml|^$/i.test(type)) {
      await response.body.cancel()
      const size = response.headers.get('content-length') ?? 'an unknown number of'
      return `[The response (${type}, ${size} bytes) is left out.]`
    }
    return readText(response, request)
  }
  const text = await readText(response, request)
  const { status } = response
  if (status === 401 || status === 403) {
    const message = `The API ${request.api} refused the credentials.`
    throw new OpsError('tool_failed', { message, cause: new Error(`HTTP ${status}`) })
  }
  if (status < 500 && status !== 429) {
    const message = `The API reported HTTP ${status}: ${shorten(text, maxErrorBytes).text}`
    throw new OpsError('tool_reported', { message })
  }
  const message = `The API ${request.api} answered with HTTP ${status}.`
  throw new OpsError(failureOf(request), { message })
}

/** Follows redirects within the origin only: another host must not see the credentials, and not answer in place of the API. */
async function follow(request: SentRequest): Promise<Response> {
  let { url } = request
  for (let left = maxRedirects; ; left -= 1) {
    const response = await fetchOnce({ ...request, url })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || location === null) return response
    await response.body?.cancel()
    const next = URL.canParse(location, url) ? new URL(location, url) : undefined
    if (next?.origin !== url.origin || left === 0 || request.method !== 'GET') {
      const message = `The API ${request.api} redirected the request, which was not followed.`
      throw new OpsError('tool_failed', { message })
    }
    url = next
  }
}

async function fetchOnce(request: SentRequest): Promise<Response> {
  const { url, headers, method, signal, body } = request
  try {
    return await fetch(url, {
      method,
      headers,
      signal,
      redirect: 'manual',
      ...(body !== undefined && { body }),
    })
  } catch (cause) {
    throwIfAborted(signal)
    const message = `The API ${request.api} cannot be reached.`
    throw new OpsError(failureOf(request), { message, cause })
  }
}

function failureOf({ method }: SentRequest): OpsErrorCode {
  return method === 'GET' ? 'tool_failed' : 'tool_unconfirmed'
}

/** The text of a response, cut visibly. */
async function readText({ body }: Response, request: SentRequest): Promise<string> {
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      bytes += value.byteLength
      text += decoder.decode(value, { stream: true })
      if (bytes > maxResponseBytes) {
        await reader.cancel()
        return `${text}\n\n[Cut here, after ${maxResponseBytes} bytes.]`
      }
    }
  } catch (cause) {
    throwIfAborted(request.signal)
    const message = `The response of the API ${request.api} broke off.`
    throw new OpsError(failureOf(request), { message, cause })
  }
}

/** Thrown for a body that is longer than its limit. */
export class LongBody extends Error {}

/**
 * Reads a body as text, at most `maxBytes`.
 * @throws LongBody
 */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > maxBytes) {
      // Not awaited: a server that goes on sending must not delay the error.
      void reader.cancel().catch(() => {})
      throw new LongBody(`more than ${maxBytes} bytes`)
    }
    text += decoder.decode(value, { stream: true })
  }
}

/** The value of a JSON text; undefined if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What the error body of a system says, in the forms of the systems known here. It may have secrets. */
export function detailOf(body: unknown): string {
  return textsOf(body).join(': ').slice(0, 20_000).replace(/\s+/g, ' ')
}

/** ServiceNow and ARM nest the message in `error`; OAuth has `error_description`; Databricks and Snowflake have `message`. */
function textsOf(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return []
  const fields = new Map<string, unknown>(Object.entries(body))
  const own = ['error_code', 'code', 'message', 'detail', 'error_description'].flatMap((name) => {
    const value = fields.get(name)
    return typeof value === 'string' ? [value] : []
  })
  const error = fields.get('error')
  return typeof error === 'string' ? [error, ...own] : [...textsOf(error), ...own]
}

/** The wait that a reply asks for, in ms, from seconds or a date; undefined without one. */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after')
  if (value === null) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const dateMs = Date.parse(value)
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs)
}

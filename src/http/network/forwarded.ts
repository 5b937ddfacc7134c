import parseForwarded from 'forwarded-parse'

/** What one proxy reports about the request that it received. The texts are not validated. */
export type Hop = {
  for?: string | undefined
  proto?: string | undefined
  host?: string | undefined
}

/** The headers that the proxies set: `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded`. Clients can forge the others. */
export type ProxyHeaders = 'x-forwarded' | 'forwarded'

/** The hops of a request, the nearest proxy first. */
export function readHops(headers: Headers, kind: ProxyHeaders): Hop[] {
  return kind === 'forwarded' ? readForwarded(headers) : readXForwarded(headers)
}

/**
 * Aligns the three lists at their ends, where the nearest proxy is. Their lengths differ, because many proxies append to
 * the first and replace the others.
 */
function readXForwarded(headers: Headers): Hop[] {
  const readList = (name: string) => (headers.get(name) ?? '').split(',').map((item) => item.trim())
  const protos = readList('x-forwarded-proto')
  const hosts = readList('x-forwarded-host')
  return readList('x-forwarded-for')
    .toReversed()
    .map((address, index) => ({
      for: address,
      proto: protos.at(-1 - index),
      host: hosts.at(-1 - index),
    }))
}

/**
 * https://www.rfc-editor.org/rfc/rfc7239#section-4. A header with a syntax error has no hops: an opening quote from the
 * client would otherwise hide the part that the proxy appends.
 */
function readForwarded(headers: Headers): Hop[] {
  // forwarded-parse rejects the empty elements that result when a proxy appends to an empty header.
  const text = (headers.get('forwarded') ?? '').replace(/^[\s,]+/, '')
  try {
    return parseForwarded(text).toReversed()
  } catch {
    return []
  }
}

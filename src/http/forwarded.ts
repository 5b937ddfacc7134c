/** What one proxy says about who asked it: the texts as they came, not checked. */
export type Hop = {
  for?: string | undefined
  proto?: string | undefined
  host?: string | undefined
}

/** The two ways in which proxies say it. A proxy sets one of them, and lets clients send the other. */
export type ProxyHeaders = 'x-forwarded' | 'forwarded'

/** The hops that a request names, the nearest proxy's first. */
export function readHops(headers: Headers, kind: ProxyHeaders): Hop[] {
  return kind === 'forwarded' ? readForwarded(headers) : readXForwarded(headers)
}

/**
 * The three lists need not be equally long: many proxies lengthen the first and replace the others. A short list is
 * taken to end with the nearest proxy, and its first value holds for all hops before it.
 */
function readXForwarded(headers: Headers): Hop[] {
  const listOf = (name: string) => (headers.get(name) ?? '').split(',').map((one) => one.trim())
  const proto = listOf('x-forwarded-proto')
  const host = listOf('x-forwarded-host')
  const addresses = listOf('x-forwarded-for')
  return addresses.toReversed().map((address, index) => ({
    for: address,
    proto: proto.at(-1 - index) ?? proto[0],
    host: host.at(-1 - index) ?? host[0],
  }))
}

/** https://www.rfc-editor.org/rfc/rfc7239#section-4: `for=192.0.2.1;proto=https, for="[2001:db8::1]:4711"`. */
function readForwarded(headers: Headers): Hop[] {
  const hops: Hop[] = [{}]
  for (const [, name = '', quoted, plain, end] of (headers.get('forwarded') ?? '').matchAll(pair)) {
    const hop = hops[0] ?? {}
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain?.trim()
    const key = name.toLowerCase()
    if (key === 'for' || key === 'proto' || key === 'host') hop[key] = value
    if (end === ',') hops.unshift({})
  }
  return hops
}

const pair = /\s*([!#$%&'*+.^_`|~\w-]*)\s*=?\s*(?:"((?:[^"\\]|\\.)*)"|([^;,"]*))\s*([;,]|$)/g

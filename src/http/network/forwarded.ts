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
 * The three lists need not be equally long: many proxies lengthen the first and replace the others. Each is taken to
 * end with the nearest proxy.
 */
function readXForwarded(headers: Headers): Hop[] {
  const listOf = (name: string) => (headers.get(name) ?? '').split(',').map((one) => one.trim())
  const proto = listOf('x-forwarded-proto')
  const host = listOf('x-forwarded-host')
  const addresses = listOf('x-forwarded-for')
  return addresses.toReversed().map((address, index) => ({
    for: address,
    proto: proto.at(-1 - index),
    host: host.at(-1 - index),
  }))
}

/**
 * https://www.rfc-editor.org/rfc/rfc7239#section-4: `for=192.0.2.1;proto=https, for="[2001:db8::1]:4711"`. A list with
 * any mistake counts as none: a client that opens a quote would else swallow what the proxy says after it.
 */
function readForwarded(headers: Headers): Hop[] {
  const pair = /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?[ \t]*([;,]|$)/y
  const text = headers.get('forwarded') ?? ''
  const hops: Hop[] = []
  let hop: Hop = {}
  while (true) {
    const match = pair.exec(text)
    if (match === null) return []
    const [, name = '', quoted, plain, end] = match
    const key = name.toLowerCase()
    if (key === 'for' || key === 'proto' || key === 'host') {
      hop[key] = quoted?.replace(/\\(.)/g, '$1') ?? plain
    }
    if (end === ';') continue
    hops.unshift(hop)
    if (end === '') return hops
    hop = {}
  }
}

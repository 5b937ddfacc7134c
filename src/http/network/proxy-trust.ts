import { type Address, networkMatcher, readAddress } from './address.ts'
import { type Hop, type ProxyHeaders, readHops } from './forwarded.ts'

/** Where a request came from, and the URL parts that its client used. */
export type Arrival = {
  /** The IP address of the client; undefined if the runtime does not report one. */
  address: string | undefined
  scheme: 'http' | 'https'
  /** Includes the port unless it is the default one. */
  host: string
  /** Whether a trusted proxy sent the request. */
  proxied: boolean
  /** Whether a trusted proxy reported the scheme. */
  schemeFromProxy: boolean
}

/** Which proxies to trust, and how they report the client. */
export type ProxyTrust = {
  /** Addresses and networks. */
  trustedProxies: readonly string[]
  proxyHeaders: ProxyHeaders
  /** Returns the peer address of the socket. */
  remoteAddress?: ((request: Request) => string | undefined) | undefined
}

/** Reads the arrival of a request. Never throws. */
export type ReadArrival = (request: Request) => Arrival

/**
 * Creates the reader of arrivals. It uses the headers of a trusted proxy only, and only the hops that trusted proxies
 * added: clients can forge the rest.
 * @throws OpsError `bad_setting` if `trustedProxies` contains neither an address nor a network
 */
export function trustProxies({
  trustedProxies,
  proxyHeaders,
  remoteAddress,
}: ProxyTrust): ReadArrival {
  const isTrusted = networkMatcher(trustedProxies)
  return function readArrival(request) {
    const peer = readAddress(remoteAddress?.(request) ?? '')
    const url = URL.parse(request.url)
    const direct: Arrival = {
      address: peer?.toString(),
      scheme: url?.protocol === 'https:' ? 'https' : 'http',
      host: request.headers.get('host') ?? url?.host ?? '',
      proxied: false,
      schemeFromProxy: false,
    }
    if (peer === undefined || !isTrusted(peer)) return direct
    const client = findClient(readHops(request.headers, proxyHeaders), peer, isTrusted)
    return {
      address: client.address.toString(),
      scheme: client.scheme ?? direct.scheme,
      host: client.host ?? direct.host,
      proxied: true,
      schemeFromProxy: client.scheme !== undefined,
    }
  }
}

/** Follows the hops from the nearest proxy to the first address that is not trusted. */
function findClient(hops: readonly Hop[], peer: Address, isTrusted: (address: Address) => boolean) {
  let address = peer
  let scheme: Arrival['scheme'] | undefined
  let host: string | undefined
  for (const hop of hops) {
    scheme = readScheme(hop.proto) ?? scheme
    host = readHost(hop.host) ?? host
    const next = readAddress(hop.for ?? '')
    if (next === undefined) break
    address = next
    if (!isTrusted(next)) break
  }
  return { address, scheme, host }
}

function readScheme(text: string | undefined): Arrival['scheme'] | undefined {
  const scheme = text?.toLowerCase()
  return scheme === 'http' || scheme === 'https' ? scheme : undefined
}

function readHost(text: string | undefined): string | undefined {
  return text !== undefined && /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i.test(text)
    ? text
    : undefined
}

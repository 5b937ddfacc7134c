import { type Address, addressList, readAddress, writeAddress } from './address.ts'
import { type ProxyHeaders, readHops } from './forwarded.ts'

/** How a request came to us, as its sender sees it. */
export type Arrival = {
  /** Whose request it is: an IP address, or undefined where the runtime does not tell. */
  address: string | undefined
  scheme: 'http' | 'https'
  /** With the port, where it is not the usual one. */
  host: string
  /** Whether it was handed to us by a proxy that we trust. */
  proxied: boolean
  /** Whether that proxy said with which scheme it was asked. */
  schemeTold: boolean
}

/** Who is believed about where a request came from. */
export type ProxyTrust = {
  /** Addresses and networks. */
  trustedProxies: readonly string[]
  proxyHeaders: ProxyHeaders
  /** The address at the other end of the socket. */
  remoteAddress?: ((request: Request) => string | undefined) | undefined
}

/** Reads how a request came. It never throws. */
export type ReadArrival = (request: Request) => Arrival

/**
 * Makes the reader of arrivals. What a proxy says is believed only if the proxy is trusted, and of a chain only as far
 * as it is trusted: the rest of the header was written by whoever asked.
 */
export function trustProxies({
  trustedProxies,
  proxyHeaders,
  remoteAddress,
}: ProxyTrust): ReadArrival {
  const isTrusted = addressList(trustedProxies)
  return function readArrival(request) {
    const peer = readAddress(remoteAddress?.(request) ?? '')
    const url = URL.parse(request.url)
    const own: Arrival = {
      address: peer && writeAddress(peer),
      scheme: url?.protocol === 'https:' ? 'https' : 'http',
      host: request.headers.get('host') ?? url?.host ?? '',
      proxied: false,
      schemeTold: false,
    }
    if (peer === undefined || !isTrusted(peer)) return own
    const told = walk(readHops(request.headers, proxyHeaders), peer, isTrusted)
    return {
      address: writeAddress(told.address),
      scheme: told.scheme ?? own.scheme,
      host: told.host ?? own.host,
      proxied: true,
      schemeTold: told.scheme !== undefined,
    }
  }
}

/** From the nearest proxy outwards: each is believed as long as everybody between it and us is trusted. */
function walk(
  hops: ReturnType<typeof readHops>,
  peer: Address,
  isTrusted: (address: Address) => boolean,
) {
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

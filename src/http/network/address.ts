import ipaddr from 'ipaddr.js'
import { OpsError } from '../../core/errors.ts'

/** An IP address. An IPv4-mapped IPv6 address is read as IPv4, and a zone is dropped. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6

/**
 * Reads an address as sockets and proxies write it: `192.0.2.1`, `192.0.2.1:4711`, `::ffff:192.0.2.1`, `2001:db8::1`,
 * `[2001:db8::1]:4711`. Undefined for any other text.
 */
export function readAddress(text: string): Address | undefined {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text
  // ipaddr.js also reads 10.1, octal and hexadecimal parts, and takes ::10.0.0.1 for the mapped ::ffff:10.0.0.1. Proxies
  // may read them differently, so none of them is an address here.
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare)
  if (!ipaddr.IPv6.isValid(bare) || /^::[^:]+\./.test(bare)) return undefined
  const address = ipaddr.IPv6.parse(bare)
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : new ipaddr.IPv6(address.parts)
}

/**
 * Creates a function that tests whether an address is in a list of addresses and networks (`10.0.0.0/8`, `fd00::/8`).
 * @throws OpsError `bad_setting` for an entry that is neither
 */
export function networkMatcher(entries: readonly string[]): (address: Address) => boolean {
  const networks = entries.map(readNetwork)
  return (address) =>
    networks.some(
      ({ base, prefixLength }) =>
        base.kind() === address.kind() && address.match(base, prefixLength),
    )
}

/** The network that providers give to one subscriber, as text: an IPv4 address, or the /64 of an IPv6 address. */
export function subscriberNetwork(text: string | undefined): string {
  const address = readAddress(text ?? '')
  if (address === undefined) return 'unknown'
  if (address instanceof ipaddr.IPv4) return address.toString()
  return `${new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0])}/64`
}

/** Tests whether a `HOST` setting or a `Host` header, with or without a port, names this machine only. */
export function isLoopbackHost(host: string): boolean {
  return /^localhost(:\d+)?$/i.test(host) || readAddress(host)?.range() === 'loopback'
}

function readNetwork(entry: string): { base: Address; prefixLength: number } {
  const [, text = '', prefix] = /^(.+?)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
  const base = readAddress(text)
  if (base !== undefined) {
    const bits = base.kind() === 'ipv4' ? 32 : 128
    const mappedBits = bits === 32 && text.includes(':') ? 96 : 0
    const prefixLength = prefix === undefined ? bits : Number(prefix) - mappedBits
    if (prefixLength >= 0 && prefixLength <= bits) return { base, prefixLength }
  }
  throw new OpsError('bad_setting', {
    message: `TRUSTED_PROXIES: ${entry} is not an address or a network such as 10.0.0.0/8.`,
  })
}

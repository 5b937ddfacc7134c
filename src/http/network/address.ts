import {
  convertIPv4BinaryToString,
  convertIPv4MappedIPv6ToIPv4,
  convertIPv4ToBinary,
  convertIPv6BinaryToString,
  convertIPv6ToBinary,
  isIPv4MappedIPv6,
} from 'hono/utils/ipaddr'

/** An IP address as a number. An IPv4 address that came mapped into IPv6 is an IPv4 address. */
export type Address = { bits: bigint; size: 32 | 128 }

/**
 * Reads an address as sockets and proxies write it: `192.0.2.1`, `192.0.2.1:4711`, `::ffff:192.0.2.1`, `2001:db8::1`,
 * `[2001:db8::1]:4711`. Undefined for anything else.
 */
export function readAddress(text: string): Address | undefined {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text
  try {
    if (!bare.includes(':')) return { bits: convertIPv4ToBinary(bare), size: 32 }
    const bits = convertIPv6ToBinary(bare)
    return isIPv4MappedIPv6(bits)
      ? { bits: convertIPv4MappedIPv6ToIPv4(bits), size: 32 }
      : { bits, size: 128 }
  } catch {
    return undefined
  }
}

/** The one way in which we write an address. */
export function writeAddress({ bits, size }: Address): string {
  return size === 32 ? convertIPv4BinaryToString(bits) : convertIPv6BinaryToString(bits)
}

/**
 * Makes the question whether an address is in a list of addresses and networks (`10.0.0.0/8`, `fd00::/8`).
 * @throws TypeError for an entry that is neither.
 */
export function addressList(entries: readonly string[]): (address: Address) => boolean {
  const networks = entries.map(readNetwork)
  return ({ bits, size }) =>
    networks.some((network) => network.size === size && bits >> network.rest === network.start)
}

/** What one person has to themselves at a provider: an IPv4 address, but 2^64 of IPv6. */
export function neighbourhoodOf(address: string | undefined): string {
  const read = address === undefined ? undefined : readAddress(address)
  if (read === undefined) return 'unknown'
  return read.size === 32 ? writeAddress(read) : `${read.bits >> 64n}/64`
}

/** `start` is the part of the address that counts; the last `rest` bits may be anything. */
function readNetwork(entry: string): { start: bigint; rest: bigint; size: 32 | 128 } {
  const [text = '', prefix] = entry.split('/')
  const address = readAddress(text)
  if (address === undefined) throw new TypeError(`${entry} is no address`)
  const mappedBits = address.size === 32 && text.includes(':') ? 96 : 0
  const length = prefix === undefined ? address.size : Number(prefix) - mappedBits
  if (!Number.isInteger(length) || length < 0 || length > address.size) {
    throw new TypeError(`${entry} is no network`)
  }
  const rest = BigInt(address.size - length)
  return { start: address.bits >> rest, rest, size: address.size }
}

import { hostname, networkInterfaces } from 'node:os'

/** The names and addresses of this machine, as clients in its network use them. */
export function machineHosts(): string[] {
  const name = hostname()
  const [short = name] = name.split('.', 1)
  const addresses = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.map(({ address }) => address),
  )
  // The last one is the name in multicast DNS.
  return [name, short, `${short}.local`, ...addresses]
}

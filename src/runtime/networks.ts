import { BlockList, isIP } from 'node:net'

/** A test for addresses: inside one of the networks, each an address or in CIDR form; none means anywhere. */
export function makeNetworkTest(networks: readonly string[]): (address: string) => boolean {
  if (networks.length === 0) return () => true
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    if (prefix === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(prefix), familyOf(address))
  }
  // An IPv4 peer of an IPv6 socket shows as ::ffff:10.1.2.3, which the list knows to be the same.
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address))
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

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

/** An IPv4 peer of an IPv6 socket shows as `::ffff:10.1.2.3`. */
export const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '')

/**
 * Who counts as one when connections and log-ins are counted: an IPv4 address, or the first 64 bits of an IPv6 one,
 * since whoever has one address of such a network has them all.
 */
export function sourceOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  const whole =
    tail === undefined ? before : [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/** An address may end in the dotted form, which stands for two groups; none of its last 64 bits are looked at. */
const groupsOf = (part: string): string[] =>
  part === '' ? [] : part.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]))

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

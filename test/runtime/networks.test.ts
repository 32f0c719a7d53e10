import t from 'tap'
import { makeNetworkTest, plainAddress, sourceOf } from '../../src/runtime/networks.ts'

t.test('addresses inside of networks', async (t) => {
  const isInside = makeNetworkTest(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32'])
  for (const address of ['10.1.255.1', '192.0.2.7', '2001:db8:1::1', '::ffff:10.1.2.3'])
    t.ok(isInside(address), address)
  for (const address of ['10.2.0.1', '192.0.2.8', '2001:db9::1', '', 'kiosk']) t.notOk(isInside(address), address)
  t.ok(makeNetworkTest([])('anything'))
})

t.test('an IPv4 address in IPv6 form', async (t) => {
  t.equal(plainAddress('::ffff:10.1.2.3'), '10.1.2.3')
  t.equal(plainAddress('::FFFF:10.1.2.3'), '10.1.2.3')
  t.equal(plainAddress('2001:db8::1'), '2001:db8::1')
  t.equal(plainAddress(undefined), '')
})

t.test('who counts as one', async (t) => {
  const cases: Readonly<Record<string, string>> = {
    '10.1.2.3': '10.1.2.3',
    '2001:db8::1': '2001:db8:0:0::/64',
    '2001:0DB8:0:0:1:2:3:4': '2001:db8:0:0::/64',
    '2001:db8:0:1::': '2001:db8:0:1::/64',
    '::1': '0:0:0:0::/64',
    '::': '0:0:0:0::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
    '64:ff9b::192.0.2.1': '64:ff9b:0:0::/64',
    '2001:db8:1:2:3:4:192.0.2.1': '2001:db8:1:2::/64',
    '': '',
  }
  for (const [address, source] of Object.entries(cases)) t.equal(sourceOf(address), source, address)
})

/** [HAProxy: The PROXY protocol, versions 1 and 2] */
import fc from 'fast-check'
import t from 'tap'
import { type ProxyHeader, parseProxyHeader } from '../../src/sip2/proxy-protocol.ts'
import { binaryHeader, ipv4Block, ipv6Block } from '../helpers/proxy-header.ts'

const limit = 2048
const parse = (bytes: string | Buffer): ProxyHeader =>
  parseProxyHeader(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, limit)

const good: readonly (readonly [name: string, header: string | Buffer, address: string | undefined])[] = [
  ['version 1, IPv4', 'PROXY TCP4 10.1.2.3 10.0.0.1 49152 6443\r\n', '10.1.2.3'],
  ['version 1, IPv6', 'PROXY TCP6 2001:db8::7 2001:db8::1 49152 6443\r\n', '2001:db8::7'],
  ['version 1, an IPv4 address in IPv6 form', 'PROXY TCP6 ::ffff:10.1.2.3 ::1 1 2\r\n', '10.1.2.3'],
  ['version 1, unknown', 'PROXY UNKNOWN\r\n', undefined],
  ['version 1, unknown with a rest that is not to be read', 'PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n', undefined],
  ['version 2, IPv4', binaryHeader({ block: ipv4Block('10.1.2.3') }), '10.1.2.3'],
  [
    'version 2, IPv6',
    binaryHeader({ family: 0x21, block: ipv6Block('20010db8000000000000000000000007') }),
    '2001:db8::7',
  ],
  [
    'version 2, an IPv4 address in IPv6 form',
    binaryHeader({ family: 0x21, block: ipv6Block('00000000000000000000ffff0a010203') }),
    '10.1.2.3',
  ],
  [
    'version 2 with extensions',
    binaryHeader({ block: Buffer.concat([ipv4Block('10.1.2.3'), Buffer.from([0x20, 0, 3, 1, 2, 3])]) }),
    '10.1.2.3',
  ],
  ['version 2, local', binaryHeader({ command: 0x20, family: 0, block: Buffer.alloc(0) }), undefined],
  [
    'version 2, local with a block that is not to be read',
    binaryHeader({ command: 0x20, block: ipv4Block('10.1.2.3') }),
    undefined,
  ],
  ['version 2, family unspecified', binaryHeader({ family: 0, block: Buffer.alloc(0) }), undefined],
  ['version 2, UNIX socket', binaryHeader({ family: 0x31, block: Buffer.alloc(216) }), undefined],
  ['version 2, datagrams', binaryHeader({ family: 0x12, block: ipv4Block('10.1.2.3') }), undefined],
]

for (const [name, header, address] of good) {
  t.test(name, async (t) => {
    const bytes = typeof header === 'string' ? Buffer.from(header, 'latin1') : header
    const whole = { kind: 'complete', length: bytes.length, address }
    t.same(parse(bytes), whole)
    t.same(parse(Buffer.concat([bytes, Buffer.from('9900802.00\r')])), whole, 'what follows is for the machine')
    for (let length = 0; length < bytes.length; length += 1) {
      t.equal(parse(bytes.subarray(0, length)).kind, 'incomplete', `of ${length} bytes`)
    }
  })
}

const bad: Readonly<Record<string, string | Buffer>> = {
  'no header at all': '9300CNkiosk|COsecret|\r',
  'a handshake': Buffer.from([0x16, 3, 1, 2, 0]),
  'another case': 'proxy TCP4 10.1.2.3 10.0.0.1 1 2\r\n',
  'another protocol': 'PROXY UDP4 10.1.2.3 10.0.0.1 1 2\r\n',
  'a name in place of an address': 'PROXY TCP4 kiosk 10.0.0.1 1 2\r\n',
  'an address of another family': 'PROXY TCP4 ::1 10.0.0.1 1 2\r\n',
  'a leading zero': 'PROXY TCP4 10.1.2.03 10.0.0.1 1 2\r\n',
  'a zone': 'PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n',
  'no destination': 'PROXY TCP4 10.1.2.3\r\n',
  'too much': 'PROXY TCP4 10.1.2.3 10.0.0.1 1 2 3\r\n',
  'two blanks': 'PROXY TCP4  10.1.2.3 10.0.0.1 1 2\r\n',
  'a port that is none': 'PROXY TCP4 10.1.2.3 10.0.0.1 65536 2\r\n',
  'a port with a sign': 'PROXY TCP4 10.1.2.3 10.0.0.1 +1 2\r\n',
  'LF alone': `PROXY TCP4 10.1.2.3 10.0.0.1 1 2\n${' '.repeat(107)}`,
  'CR alone': 'PROXY TCP4 10.1.2.3 10.0.0.1 1 2\rX',
  'a line without an end': `PROXY UNKNOWN ${'x'.repeat(200)}`,
  'version 3': binaryHeader({ command: 0x31, block: ipv4Block('10.1.2.3') }),
  'an unknown command': binaryHeader({ command: 0x22, block: ipv4Block('10.1.2.3') }),
  'an unknown family': binaryHeader({ family: 0x41, block: ipv4Block('10.1.2.3') }),
  'an unknown transport': binaryHeader({ family: 0x13, block: ipv4Block('10.1.2.3') }),
  'a block that is too short': binaryHeader({ block: Buffer.alloc(11) }),
  'a header that is too long': binaryHeader({ block: Buffer.alloc(limit) }),
}

for (const [name, header] of Object.entries(bad)) {
  t.test(`refused: ${name}`, async (t) => t.same(parse(header), { kind: 'invalid' }))
}

t.test('any bytes: never a throw, and one answer for good', async (t) => {
  const begins = fc.constantFrom('', 'PROXY ', 'PROXY TCP4 ', '\r\n\r\n\0\r\nQUIT\n', '\r\n\r\n\0\r\nQUIT\n!\x11\0\x0c')
  fc.assert(
    fc.property(begins, fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 20 }), (begin, rest, more) => {
      const bytes = Buffer.concat([Buffer.from(begin, 'latin1'), rest])
      const first = parse(bytes)
      if (first.kind === 'incomplete') return
      t.strictSame(parse(Buffer.concat([bytes, more])), first)
    }),
    { numRuns: 2000 },
  )
})

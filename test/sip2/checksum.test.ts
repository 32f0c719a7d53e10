import t from 'tap'
import type { Charset } from '../../src/sip2/charset.ts'
import { checksumOf, parseChecksum, sumBytes } from '../../src/sip2/checksum.ts'
import { type ChecksumState, decode } from '../../src/sip2/codec.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

/** What the decoder says of a frame's checksum, whichever half of the protocol the message belongs to. */
function verdictOn(frame: Buffer, charset: Charset = 'utf-8'): ChecksumState | 'too-short' {
  for (const direction of ['request', 'reply'] as const) {
    const decoded = decode(frame, { charset, delimiter: '|', direction })
    if (decoded.kind === 'too-short') return decoded.kind
    if (decoded.kind === 'message') return decoded.message.checksum
  }
  throw new Error('no message')
}

// [SIP2 2.00 error detection]
const examples = [
  { text: '9900302.00AY1AZ', sum: 859, checksum: 'FCA5' },
  { text: '941AY0AZ', sum: 515, checksum: 'FDFD' },
  { text: '97AZ', sum: 267, checksum: 'FEF5' },
  { text: '96AZ', sum: 266, checksum: 'FEF6' },
  { text: '990401.00|AY1AZ', sum: 935, checksum: 'FC59' },
  { text: '9300CNLoginUserID|COLoginPassword|CPLocationCode|AY5AZ', sum: 4997, checksum: 'EC7B' },
]

for (const { text, sum, checksum } of examples) {
  t.test(`${text}${checksum}`, async (t) => {
    t.equal(sumBytes(latin1(text)), sum)
    t.equal(checksumOf(latin1(text)), checksum)
    t.equal(verdictOn(latin1(text + checksum)), 'bytes')
    t.equal(verdictOn(latin1(text + checksum.toLowerCase())), 'bytes', 'lower case is as good')
    t.equal(verdictOn(latin1(`${text}0000`)), 'wrong')
  })
}

t.test('a checksum over characters is told from one over bytes', async (t) => {
  const text = '11AJAnam ċara|AY1AZ'
  const bytes = Buffer.from(text, 'utf8')
  const ofBytes = checksumOf(bytes)
  let codePoints = 0
  for (const character of text) codePoints += character.codePointAt(0) ?? 0
  const ofCodePoints = (-codePoints & 0xffff).toString(16)

  t.equal(verdictOn(Buffer.from(text + ofBytes)), 'bytes')
  t.equal(verdictOn(Buffer.from(text + ofCodePoints)), 'code-points')
  t.equal(verdictOn(Buffer.from(text + ofCodePoints), 'cp850'), 'wrong', 'read in another charset only bytes count')
})

t.test('only four hexadecimal digits are a checksum', async (t) => {
  t.equal(parseChecksum('00ff'), 255)
  t.equal(parseChecksum('FFFF'), 65535)
  for (const digits of ['', 'FFF', 'FFFFF', 'FFFG', ' FFF', '-FFF', '@@@@', '````'])
    t.equal(parseChecksum(digits), -1, digits)
  t.equal(verdictOn(latin1('')), 'too-short')
})

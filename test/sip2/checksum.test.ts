import t from 'tap'
import { checksumOf, parseChecksum, sumBytes, verifyChecksum } from '../../src/sip2/checksum.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

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
    t.equal(verifyChecksum(latin1(text + checksum)), 'bytes')
    t.equal(verifyChecksum(latin1(text + checksum.toLowerCase())), 'bytes', 'lower case is as good')
    t.equal(verifyChecksum(latin1(`${text}0000`)), 'wrong')
  })
}

t.test('a checksum over characters is told from one over bytes', async (t) => {
  const text = '11AJAnam ċara|AY1AZ'
  const bytes = Buffer.from(text, 'utf8')
  const ofBytes = checksumOf(bytes)
  let codePoints = 0
  for (const character of text) codePoints += character.codePointAt(0) ?? 0
  const ofCodePoints = (-codePoints & 0xffff).toString(16)

  t.equal(verifyChecksum(Buffer.from(text + ofBytes), text + ofBytes), 'bytes')
  t.equal(verifyChecksum(Buffer.from(text + ofCodePoints), text + ofCodePoints), 'code-points')
  t.equal(verifyChecksum(Buffer.from(text + ofCodePoints)), 'wrong', 'without the text only bytes count')
})

t.test('only four hexadecimal digits are a checksum', async (t) => {
  t.equal(parseChecksum('00ff'), 255)
  t.equal(parseChecksum('FFFF'), 65535)
  for (const digits of ['', 'FFF', 'FFFFF', 'FFFG', ' FFF', '-FFF', '@@@@', '````'])
    t.equal(parseChecksum(digits), -1, digits)
  t.equal(verifyChecksum(latin1('')), 'wrong')
})

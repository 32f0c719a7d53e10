import t from 'tap'
import { isGarbled, LoginReader } from '../../src/sip2/login-reader.ts'
import type { Profile } from '../../src/sip2/terminal.ts'
import { appendChecksum } from '../helpers/checksum.ts'
import { plainProfile } from '../helpers/kiosk.ts'

const logins = (profiles: Readonly<Record<string, Partial<Profile>>>) =>
  Object.entries(profiles).map(([user, profile]) => ({ user, profile: { ...plainProfile, ...profile } }))

const makeReader = (profiles: Readonly<Record<string, Partial<Profile>>>) =>
  new LoginReader(plainProfile, logins(profiles))

/** Counts how often a frame is read. */
function watched(text: string) {
  const frame = Buffer.from(text, 'latin1')
  const read = { frame, count: 0 }
  frame.toString = (...given: Parameters<Buffer['toString']>) => {
    if (given.length === 1) read.count += 1
    return Buffer.prototype.toString.apply(frame, given)
  }
  return read
}

const messageOf = (reader: LoginReader, line: string | Buffer) => {
  const decoded = reader.read(typeof line === 'string' ? Buffer.from(line, 'latin1') : line)
  if (decoded.kind !== 'message') throw new Error('no message')
  return decoded.message
}

t.test('a log-in is read in the dialect whose user it names', async (t) => {
  const reader = makeReader({ north: {}, south: { delimiter: '^' }, süd: { delimiter: '^', charset: 'utf-8' } })
  t.match(messageOf(reader, '9300CNnorth|COa^b|').fields, { CN: 'north', CO: 'a^b' })
  t.match(messageOf(reader, '9300CNsouth^COa|b^').fields, { CN: 'south', CO: 'a|b' })
  t.match(messageOf(reader, Buffer.from('9300CNsüd^COä^')).fields, { CN: 'süd', CO: 'ä' })
  t.match(messageOf(reader, '9300CNnobody^COa^').fields, { CN: 'nobody^COa^' }, 'of nobody in that of the stranger')
  t.match(messageOf(reader, '9900802.00').code, '99')
})

t.test('once in each dialect that could make a difference', async (t) => {
  const reader = makeReader({
    one: {},
    two: { errorDetection: 'never' },
    three: { charset: 'utf-8' },
    four: { charset: 'utf-8', checksumLenient: false },
    five: { charset: 'iso-8859-1', delimiter: '^' },
  })
  for (const [line, count] of [
    ['9300CNone|COsecret|', 2],
    ['9300CNnobody|COsecret|', 2],
    ['9900802.00', 1],
    [`23${'x'.repeat(1000)}`, 1],
  ] as const) {
    const read = watched(line)
    reader.read(read.frame)
    t.equal(read.count, count, line)
  }
})

t.test('what is answered to a wrong or missing checksum does not depend on who is named', async (t) => {
  const reader = makeReader({
    aaaaa: {},
    caret: { delimiter: '^' },
    utf8s: { charset: 'utf-8', checksumLenient: false },
    never: { errorDetection: 'never' },
  })
  const lines = ['', 'AY1AZ0000', 'AZ0000', 'AY1AZ0000|', 'AZ0000^', 'AY2AZ0000^', 'AY7', 'AYxAZ', 'AZ12'].flatMap(
    (tail) =>
      ['|', '^'].map((delimiter) => (user: string) => `9300CN${user}${delimiter}COé${delimiter}CP${delimiter}${tail}`),
  )
  const right = ['|', '^'].flatMap((delimiter) =>
    [undefined, 3].map(
      (sequence) => (user: string) => appendChecksum(`9300CN${user}${delimiter}COe${delimiter}`, sequence),
    ),
  )
  for (const line of [...lines, ...right]) {
    const envelopes = ['nobod', 'aaaaa', 'caret', 'utf8s', 'never'].map((user) => {
      const { checksum, sequence } = messageOf(reader, Buffer.from(line(user)))
      return { checksum, sequence }
    })
    for (const envelope of envelopes) t.same(envelope, envelopes[0], line('*****'))
  }
})

t.test('a checksum is looked at as leniently as by the most lenient profile', async (t) => {
  const strict = { checksumLenient: false }
  const garbled = (reader: LoginReader) =>
    (['absent', 'bytes', 'code-points', 'wrong'] as const).filter((one) => isGarbled(one, reader.errorDetection))
  const reader = (...profiles: readonly Partial<Profile>[]) =>
    new LoginReader(
      { ...plainProfile, ...strict },
      profiles.map((profile) => ({ user: 'kiosk', profile: { ...plainProfile, ...profile } })),
    )
  t.same(garbled(reader(strict)), ['code-points', 'wrong'])
  t.same(garbled(reader(strict, {})), ['wrong'])
  t.same(garbled(reader(strict, { errorDetection: 'always' })), ['wrong'])
  t.same(garbled(reader(strict, { errorDetection: 'never' })), [])
})

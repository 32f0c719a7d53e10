/** No input makes the codec throw, hang or keep more than it may. Bounded in runs and in time. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { charsets } from '../../src/sip2/charset.ts'
import { decode, encode } from '../../src/sip2/codec.ts'
import { parseDate } from '../../src/sip2/dates.ts'
import { describe } from '../../src/sip2/describe.ts'
import { FrameSplitter } from '../../src/sip2/frame.ts'
import { type MessageCode, messages } from '../../src/sip2/spec/messages.ts'

const longestInput = 65_536
const limits = { numRuns: 2000, interruptAfterTimeLimit: 5000, markInterruptAsFailure: false }

const codes = Object.keys(messages) as MessageCode[]
const token = fc.constantFrom(
  '|',
  '||',
  'AO',
  'AA',
  'AF',
  'AY',
  'AY1AZ',
  'AZ',
  'AZFFFF',
  'AY1AZ0000',
  '20261122    120000',
  ' ',
  '0',
  'Y',
  '\xff',
  '\u00e9',
  '\x00',
  'ZZ',
)
const nearly = fc
  .tuple(fc.constantFrom(...codes), fc.array(fc.oneof(token, fc.string({ maxLength: 5 })), { maxLength: 60 }))
  .map(([code, parts]) => Buffer.from(code + parts.join(''), 'latin1'))
const anything = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
const input = fc.oneof({ weight: 4, arbitrary: nearly }, { weight: 1, arbitrary: anything })
const charset = fc.constantFrom(...charsets)

/** Decodes in both directions; a message is encoded again, and what comes out is one well-formed frame. */
function exercise(frame: Buffer, name: (typeof charsets)[number]): void {
  for (const direction of ['request', 'reply'] as const) {
    const options = { charset: name, delimiter: '|', direction }
    const decoded = decode(frame, options)
    if (decoded.kind !== 'message') continue
    describe(decoded.message)
    const errorDetection = { sequence: decoded.message.sequence, checksum: true }
    const bytes = encode(decoded.message, { charset: name, delimiter: '|', terminator: '\r', errorDetection })
    assert.deepEqual(new FrameSplitter({ maximumLength: bytes.length }).push(bytes), [
      { overlong: false, bytes: bytes.subarray(0, -1) },
    ])
    const again = decode(bytes.subarray(0, -1), options)
    assert.equal(again.kind, 'message')
    if (again.kind === 'message') assert.equal(again.message.checksum, 'bytes')
  }
}

t.test('what is nearly a message, and what is none', async (t) => {
  const property = fc.property(input, charset, (frame, name) => exercise(frame, name))
  t.doesNotThrow(() => fc.assert(property, limits))
})

t.test('long inputs cost time in proportion to their length', async (t) => {
  const repeated = [
    '|',
    'AO|',
    'AY1AZ0000|',
    'AYx',
    'AZ',
    'AZFFFF',
    'AFx|',
    'ZZ|',
    'xy|',
    '0',
    ' ',
    'Y',
    'AY',
    '\xff',
    'AYAZ',
    '12AZ',
  ]
  for (const piece of repeated) {
    for (const code of ['11', '64', '97', '99', '??'] as const) {
      const frame = Buffer.from(code + piece.repeat(longestInput), 'latin1').subarray(0, longestInput)
      for (const name of ['cp850', 'utf-8'] as const) t.doesNotThrow(() => exercise(frame, name), `${code} ${piece}`)
    }
  }
})

t.test('the splitter takes any bytes and keeps no more than one frame', async (t) => {
  const maximumLength = 64
  const chunk = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
  const property = fc.property(fc.array(chunk, { maxLength: 20 }), (chunks) => {
    const splitter = new FrameSplitter({ maximumLength })
    for (const each of chunks) {
      for (const event of splitter.push(each)) {
        if (event.overlong) continue
        assert.ok(event.bytes.length > 0 && event.bytes.length <= maximumLength)
        assert.ok(!event.bytes.includes(0) && !event.bytes.includes(13) && !event.bytes.includes(10))
      }
    }
  })
  t.doesNotThrow(() => fc.assert(property, limits))
})

t.test('a flood without a terminator does not grow the splitter', async (t) => {
  const splitter = new FrameSplitter()
  const flood = Buffer.alloc(longestInput, 'x')
  const before = process.memoryUsage()
  const events = Array.from({ length: 2000 }, () => splitter.push(flood)).flat()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  t.same(events, [{ overlong: true }], 'told once')
  t.ok(
    heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers < 32 * 1024 * 1024,
    '128 MB came, next to nothing stayed',
  )
})

t.test('a long frame that comes one byte at a time is put together', async (t) => {
  const splitter = new FrameSplitter({ maximumLength: longestInput })
  const byte = Buffer.from('x')
  for (let count = 0; count < longestInput; count++) splitter.push(byte)
  const [event] = splitter.push(Buffer.from('\r'))
  t.equal(event?.overlong === false && event.bytes.length, longestInput)
})

t.test('dates are parsed or not, never refused with an error', async (t) => {
  const text = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...'0123456789 ZEST'), maxLength: 20 }),
  )
  const property = fc.property(text, (value) => {
    const date = parseDate(value, 'Europe/Berlin')
    assert.ok(date === undefined || !Number.isNaN(date.getTime()))
  })
  t.doesNotThrow(() => fc.assert(property, limits))
})

import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { type FrameEvent, FrameSplitter } from '../../src/sip2/frame.ts'

const overlong = '<overlong>'

function split(chunks: readonly Buffer[], maximumLength?: number): string[] {
  const splitter = new FrameSplitter(maximumLength === undefined ? {} : { maximumLength })
  return chunks.flatMap((chunk) => splitter.push(chunk)).map(show)
}

function show(event: FrameEvent): string {
  return event.overlong ? overlong : event.bytes.toString('latin1')
}

const whole = (text: string) => [Buffer.from(text, 'latin1')]
const byteByByte = (text: string) => [...text].map((character) => Buffer.from(character, 'latin1'))

const cases = [
  { name: 'CR ends a frame', input: '97\r96\r', frames: ['97', '96'] },
  { name: 'LF ends a frame', input: '97\n96\n', frames: ['97', '96'] },
  { name: 'CRLF ends one frame, not two', input: '97\r\n96\r\n', frames: ['97', '96'] },
  { name: 'empty lines are dropped', input: '\r\r97\r\n\r\n\r', frames: ['97'] },
  { name: 'a frame without its end waits', input: '97\r9900', frames: ['97'] },
  { name: 'NUL is dropped everywhere', input: '\x009\x00\x007\x00\r\x00\x00\r96\x00\r', frames: ['97', '96'] },
  { name: 'telnet negotiation in front of a frame', input: '\xff\xfd\x01\xff\xfb\x1f97\r', frames: ['97'] },
  { name: 'telnet negotiation between frames', input: '97\r\xff\xfd\x03\n96\r', frames: ['97', '96'] },
  { name: 'a telnet option that looks like CR', input: '\xff\xfd\r97\r', frames: ['97'] },
  { name: 'a telnet command of two bytes', input: '\xff\xf197\r', frames: ['97'] },
  { name: 'an escaped FF in front of a frame', input: '\xff\xff97\r', frames: ['97'] },
  { name: 'a subnegotiation, CR and FF in it', input: '\xff\xfa\x1f\x00\r\xff\xff\n\xff\xf097\r', frames: ['97'] },
  { name: 'an FF that begins no command is dropped alone', input: '\xff97\r', frames: ['97'] },
  {
    name: 'FF inside a frame is text',
    input: '11AJ\xff\xfd\x01\xff\xff|\r97\r',
    frames: ['11AJ\xff\xfd\x01\xff\xff|', '97'],
  },
]

for (const { name, input, frames } of cases) {
  t.test(name, async (t) => {
    t.same(split(whole(input)), frames, 'in one piece')
    t.same(split(byteByByte(input)), frames, 'one byte at a time')
  })
}

t.test('a frame that is too long is told once and skipped up to its end', async (t) => {
  for (const cut of [whole, byteByByte]) {
    t.same(split(cut('12345678\r'), 8), ['12345678'])
    t.same(split(cut('123456789\r97\r'), 8), [overlong, '97'])
    t.same(split(cut(`${'x'.repeat(100)}\n97\r${'y'.repeat(9)}`), 8), [overlong, '97', overlong])
    t.same(split(cut(`1\x002345678\x009\r97\r`), 8), [overlong, '97'])
  }
})

t.test('a subnegotiation without end is given up', async (t) => {
  t.same(split(whole(`\xff\xfa${'x'.repeat(1000)}\r97\r`)), [overlong, '97'])
})

t.test('any split of the bytes gives the same frames', async (t) => {
  const piece = fc.constantFrom(
    '97',
    '9900302.00',
    'AOx|',
    '\r',
    '\n',
    '\r\n',
    '\x00',
    '\xff',
    '\xfd\x01',
    '\xfa',
    '\xf0',
    'y'.repeat(20),
  )
  const property = fc.property(
    fc.array(piece, { maxLength: 30 }),
    fc.array(fc.nat(200), { maxLength: 10 }),
    (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''), 'latin1')
      const edges = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length]
      const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
      assert.deepEqual(split(chunks, 32), split([bytes], 32))
    },
  )
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }))
})

t.test('frames that came in pieces do not change when more comes', async (t) => {
  const splitter = new FrameSplitter()
  const chunk = Buffer.from('00302.00\r9')
  splitter.push(Buffer.from('99'))
  const [first] = splitter.push(chunk)
  const [second] = splitter.push(Buffer.from('7\r'))
  t.same(
    [first, second].map((event) => event && show(event)),
    ['9900302.00', '97'],
  )
})

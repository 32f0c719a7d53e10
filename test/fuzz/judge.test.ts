/** The judge of the fuzzer finds what is wrong: each of these exchanges is one that must never happen. */
import t, { type Test } from 'tap'
import { appendChecksum } from '../helpers/checksum.ts'
import { type Change, ChangeLedger } from './change-ledger.ts'
import { readFrames } from './frames.ts'
import { type HttpExchange, judgeHttp, judgeSip2, type Sip2Exchange } from './judge.ts'
import { closingReasons } from './outcomes.ts'
import type { LineForm } from './reply-form.ts'
import { makeHolding } from './world.ts'

const form: LineForm = { charset: 'cp850', delimiter: '|', terminator: '\r', errorDetection: 'auto' }
const date = '20261122    120000'
const status = '9900802.00\r'
const statusReply = `98YYYYNN150003${date}2.00AO01DEMO_INST|BXYYYNYYYYYYYNNYYY|\r`
const endSession = `35${date}AO|AAP1|AC|`
const endReply = `36Y${date}AO|AAP1|`

interface Parts extends Omit<Partial<Sip2Exchange>, 'sent' | 'received'> {
  readonly sent: string
  readonly received: string
}

const judge = ({ sent, received, ...more }: Parts): readonly string[] =>
  judgeSip2({
    sent: Buffer.from(sent, 'latin1'),
    received: Buffer.from(received, 'latin1'),
    ending: 'ours',
    form,
    maxFrameBytes: 256,
    logged: [],
    mayClose: [],
    foreign: ['SECRETNAME'],
    ...more,
  })

const finds = (t: Test, parts: Parts, pattern: RegExp, name: string): void =>
  void t.match(judge(parts).join('; '), pattern, name)

t.test('what is allowed', async (t) => {
  const sealed = appendChecksum(endSession, 4)
  const good: readonly (readonly [string, Parts])[] = [
    ['a request and its reply', { sent: status, received: statusReply }],
    ['a sealed one', { sent: `${sealed}\r`, received: `${appendChecksum(endReply, 4)}\r` }],
    ['what is no request', { sent: 'xyz\r', received: '96\r' }],
    ['what is too long', { sent: `99${'x'.repeat(300)}\r`, received: '96\r' }],
    ['the last reply again', { sent: `${status}97\r`, received: statusReply.repeat(2) }],
    ['nothing to repeat', { sent: '97\r', received: '96\r' }],
    ['a request without an end', { sent: `${status}99`, received: statusReply }],
    ['a wrong checksum', { sent: `${endSession}AY1AZ0000\r`, received: '96AZFEF6\r' }],
    ['torn down before the answer', { sent: status, received: '98Y', ending: 'torn' }],
    [
      'closed for a reason',
      { sent: '', received: '', ending: 'theirs', logged: ['SESSION_IDLE'], mayClose: ['SESSION_IDLE'] },
    ],
    ['data of its own', { sent: '35SECRETNAME\r', received: `36Y${date}AO|AASECRETNAME|\r` }],
  ]
  for (const [name, parts] of good) t.same(judge(parts), [], name)
})

t.test('law 1: one answer', async (t) => {
  finds(t, { sent: status, received: '' }, /drew only 0/, 'none')
  finds(t, { sent: status, received: statusReply.repeat(2) }, /1 requests drew 2/, 'two')
  finds(t, { sent: `${status}${status}`, received: statusReply }, /2 requests drew only 1/, 'one for two')
  finds(t, { sent: status, received: '', ending: 'silence' }, /nothing came any more/, 'silence')
  finds(t, { sent: status, received: '', ending: 'theirs' }, /without a reason/, 'an end without a reason')
  for (const reason of closingReasons) {
    const logged = [reason]
    finds(
      t,
      { sent: '', received: '', ending: 'theirs', logged },
      new RegExp(`ended for ${reason}`),
      `not for ${reason}`,
    )
  }
  finds(t, { sent: status, received: statusReply.slice(0, -1) }, /has no end/, 'half of one')
  finds(
    t,
    { sent: `${endSession}\r${status}`, received: `${statusReply}${endReply}\r` },
    /must draw/,
    'the wrong order',
  )
  finds(t, { sent: status, received: '96\r' }, /nothing was wrong/, '96 to what was right')
  finds(t, { sent: 'xyz\r', received: statusReply }, /no request was served/, 'nonsense served')
  finds(t, { sent: `99${'x'.repeat(300)}\r`, received: statusReply }, /too long was served/, 'what is too long')
  finds(
    t,
    { sent: `${endSession}AY1AZ0000\r`, received: `${endReply}\r` },
    /checksum of the request/,
    'a wrong checksum',
  )
  finds(t, { sent: `${status}97\r`, received: `${statusReply}${endReply}\r` }, /not the last reply/, 'another for 97')
  const sealed = `${appendChecksum(endSession, 4)}\r`
  finds(t, { sent: sealed, received: `${appendChecksum(endReply, 5)}\r` }, /sequence number/, 'another sequence number')
  finds(t, { sent: sealed, received: `${endReply}\r` }, /sequence number/, 'no error detection')
})

t.test('law 1: a well-formed one', async (t) => {
  const replies: readonly (readonly [string, string, RegExp, Partial<LineForm>?])[] = [
    ['prose', 'Internal Server Error', /no reply has its code/],
    ['a request', status.trim(), /no reply has its code/],
    ['a letter in its fixed part', endReply.replace('36Y', '36X'), /fixed part/],
    ['a date too short', endReply.replace('    ', '   '), /fixed part/],
    ['a field left out', endReply.replace('AAP1|', ''), /lacks AA/],
    ['a field without an end', endReply.slice(0, -1), /no end/],
    ['a field without a name', `${endReply}\xe4\xe4x|`, /without a name/],
    ['a control character', `${endReply}AF\x07|`, /control character/],
    ['a line feed', `${endReply}AFx\n|`, /control character/],
    ['a wrong checksum', `${endReply}AY1AZ0000`, /checksum is wrong/],
    ['half a character', `${endReply}AF\xc3|`, /not utf-8/, { charset: 'utf-8' }],
    ['a character that the set lacks', `${endReply}AF\x85|`, /not iso-8859-1/, { charset: 'iso-8859-1' }],
    ['no checksum where always one is due', endReply, /no checksum/, { errorDetection: 'always' }],
    ['a checksum where none is wanted', appendChecksum(endReply, 1), /nobody wants/, { errorDetection: 'never' }],
    ['another delimiter', endReply, /no end|fixed part|without/, { delimiter: '^' }],
  ]
  for (const [name, received, pattern, change] of replies) {
    finds(t, { sent: `${endSession}\r`, received: `${received}\r`, form: { ...form, ...change } }, pattern, name)
  }
})

t.test('law 5: data of another connection', async (t) => {
  const received = `36Y${date}AO|AAP1|AFHello SECRETNAME|\r`
  finds(t, { sent: `${endSession}\r`, received }, /another connection/, 'in a reply')
})

t.test('frames are found as the standard has them', async (t) => {
  const lines = (text: string) => readFrames(Buffer.from(text, 'latin1'), 10).map((one) => one.overlong || one.line)
  t.same(lines('a\rb\nc\r\n\r\nd'), ['a', 'b', 'c'])
  t.same(lines('\0a\0b\r\xff\xfd\x18c\r'), ['ab', 'c'])
  t.same(lines('\xff\xfa\x18\r\n\xff\xf0d\r'), ['d'], 'an end of line inside a negotiation is none')
  t.same(lines(`${'x'.repeat(11)}\ra\r`), [true, 'a'])
  t.same(lines('x'.repeat(11)), [true], 'also without an end')
  t.same(lines(`\xff\xfa${'s'.repeat(400)}\ra\r`), [true, 'a'])
  t.same(lines('\xffa\r'), ['a'])
})

t.test('HTTP', async (t) => {
  const sent = Buffer.from('<ns1:LookupItem>')
  const answer = (status: string, body: string, length = Buffer.byteLength(body)) =>
    Buffer.from(`HTTP/1.1 ${status} X\r\ncontent-length: ${length}\r\n\r\n${body}`)
  const judgeOne = (change: Partial<HttpExchange>) => {
    const readMessage = (xml: string): string => {
      if (xml === '') throw new Error('the answer is not well-formed')
      return xml
    }
    return judgeHttp({
      sent,
      received: answer('200', 'LookupItemResponse'),
      ending: 'ours',
      owed: true,
      foreign: ['SECRETNAME'],
      readMessage,
      ...change,
    })
  }
  t.same(judgeOne({}), [])
  t.same(judgeOne({ received: answer('200', 'Problem') }), [])
  t.same(judgeOne({ received: answer('400', ''), owed: false }), [], 'broken HTTP may be told so')
  t.same(judgeOne({ received: Buffer.alloc(0), owed: false }), [])
  t.match(judgeOne({ received: answer('500', 'LookupItemResponse') }), [/status of an answer was 500/])
  t.match(judgeOne({ received: answer('500', ''), owed: false }), [/status was 500/])
  t.match(judgeOne({ received: answer('200', '') }), [/not well-formed/])
  t.match(judgeOne({ received: answer('200', 'CheckInItemResponse') }), [/answers nothing that was asked/])
  t.match(judgeOne({ received: answer('200', 'Problem', 3) }), [/length is wrong/])
  t.match(judgeOne({ received: answer('200', 'SECRETNAME') })[0], /another connection/)
  t.match(judgeOne({ received: Buffer.alloc(0) }), [/no answer/])
  t.match(judgeOne({ ending: 'silence' }), [/nothing came/])
})

t.test('laws 2 and 3: changes that nobody asked for', async (t) => {
  const [mine, other] = [makeHolding(0), makeHolding(1)]
  const [book = '', second = ''] = mine.items
  const checkout = `11NN${date}${' '.repeat(18)}AO|AA${mine.card}|AB${book}|AC|`
  const lent: Change = { operation: 'createLoan', card: mine.card, item: book }
  const judgeChanges = (lines: readonly string[], changes: readonly Change[]) => {
    const ledger = new ChangeLedger([mine, other])
    for (const line of lines) ledger.askBySip2(line, true)
    return ledger.judge(changes)
  }
  t.same(judgeChanges([checkout], [lent]), [])
  t.same(judgeChanges([checkout, checkout], [lent, lent]), [])
  t.same(judgeChanges([appendChecksum(checkout, 1)], [lent]), [])
  const unasked: readonly (readonly [string, readonly string[], readonly Change[]])[] = [
    ['nothing was sent', [], [lent]],
    ['twice', [checkout], [lent, lent]],
    ['another item', [checkout], [{ ...lent, item: second }]],
    ['another patron', [checkout], [{ ...lent, card: other.card }]],
    ['another change', [checkout], [{ ...lent, operation: 'payAllFees' }]],
    ['only looked at', [`23001${date}AO|AA${mine.card}|AB${book}|`], [lent]],
    ['a wrong checksum', [`${checkout}AY1AZ0000`], [lent]],
    ['what belongs to nobody', [checkout], [{ ...lent, card: undefined, item: undefined }]],
  ]
  for (const [name, lines, changes] of unasked) t.equal(judgeChanges(lines, changes).length, 1, name)

  const ledger = new ChangeLedger([mine])
  ledger.askByNcip(Buffer.from(`<ns1:CheckInItem>${book}</ns1:CheckInItem>`))
  t.same(ledger.judge([{ operation: 'scanItem', card: undefined, item: book }]), [])
  t.equal(ledger.judge([lent]).length, 1)
})

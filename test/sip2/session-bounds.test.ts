/** What a connection may cost before its log-in, and what it may write into the log before and after. */
import t from 'tap'
import type { LogCode } from '../../src/runtime/codes.ts'
import { protocolWarningChannel } from '../../src/runtime/diagnostics.ts'
import type { Log } from '../../src/runtime/log.ts'
import { StrangerTurns } from '../../src/sip2/stranger-turns.ts'
import { connect, Kiosk, type KioskOptions, login } from '../helpers/kiosk.ts'

const status = '9900802.00'
const patronStatus = '2300120260301    130000AO01INST|AAP100|AC|AD|'
const garbled = `${status}AY1AZ0000`

/** Counts lines by code. */
class CountingLog implements Log {
  readonly written = new Map<LogCode, number>()
  readonly debug = this.#count.bind(this)
  readonly info = this.#count.bind(this)
  readonly warn = this.#count.bind(this)
  readonly error = this.#count.bind(this)
  readonly child = () => this

  #count(code: LogCode): void {
    this.written.set(code, (this.written.get(code) ?? 0) + 1)
  }
}

for (const [name, line, answer] of [
  ['no message', 'xx', /^96/],
  ['a wrong checksum', garbled, /^96/],
  ['what is too long', `93${'x'.repeat(2000)}`, /^96/],
  ['what needs a log-in', patronStatus, /^24.*not logged in/],
  ['a wrong log-in', '9300CNkiosk|COwrong|', /^940/],
  ['a log-in that is encrypted', '9310CNkiosk|COsecret|', /^940/],
  ['the wish for the last reply', '97', /^96/],
] as const) {
  t.test(`before the log-in ${name} counts as a wrong one`, async (t) => {
    const kiosk = new Kiosk(t, { limits: { loginAttempts: 3 } })
    kiosk.write(`${line}\r`.repeat(100))
    for (let time = 0; time < 3; time += 1) t.match(await kiosk.reply(), answer)
    t.equal(await kiosk.reply(), undefined, 'the connection ends after so many, whatever follows')
  })
}

t.test('the question for the status counts as none', async (t) => {
  const kiosk = new Kiosk(t, { limits: { loginAttempts: 1 } })
  for (let time = 0; time < 5; time += 1) t.match(await kiosk.askChecked(status, 1), /^98/)
  t.equal(await kiosk.ask(login), '941')
})

t.test('a request before the log-in is shorter than one after it', async (t) => {
  const long = (length: number) => `${patronStatus}${'ZZ|'.repeat(length / 3)}`
  const kiosk = new Kiosk(t)
  t.match(await kiosk.ask(long(1024)), /^96/)
  const names = '9300CNkiosk|COsecret|CP'
  t.match(await kiosk.ask(`${names}${'é'.repeat(500 - names.length)}|`), /^941/, 'a log-in with long names fits')
  t.match(await kiosk.ask(long(6000)), /^24 {14}/)
})

t.test('who is logged in may guess no more often than a stranger', async (t) => {
  const kiosk = await connect(t, { limits: { loginAttempts: 3 } })
  for (const guess of ['one', 'two']) t.equal(await kiosk.ask(`9300CNother|CO${guess}|`), '940')
  t.equal(await kiosk.ask(login), '941', 'a right one in between')
  t.match(await kiosk.ask(patronStatus), /^24 {14}/, 'it stays who it is')
  t.equal(await kiosk.ask('9300CNother|COthree|'), '940')
  t.equal(await kiosk.reply(), undefined)
})

t.test('strangers share their turns by address, and who is logged in waits for none', async (t) => {
  const strangerTurns = new StrangerTurns()
  const known = await connect(t)
  const crowd = Array.from({ length: 50 }, () => new Kiosk(t, { address: '10.6.6.6', strangerTurns }))
  let answered = 0
  const flood = `${status}\r`.repeat(100)
  for (const { stream } of crowd) {
    stream.on('data', (chunk: Buffer) => (answered += chunk.toString('latin1').split('\r').length - 1))
    stream.write(flood)
  }
  for (let time = 0; time < 10; time += 1) t.match(await known.ask(patronStatus), /^24/)
  t.ok(answered < 200, `answers of the crowd meanwhile: ${answered}`)

  answered = 0
  const alone = new Kiosk(t, { address: '10.1.1.1', strangerTurns })
  for (let time = 0; time < 10; time += 1) t.match(await alone.ask(status), /^98/)
  t.equal(await alone.ask(login), '941')
  t.ok(answered < 200, `answers of the crowd meanwhile: ${answered}`)
})

const times = 3000
const flood = async (kiosk: Kiosk, line: string, count = times) => {
  kiosk.write(`${line}\r`.repeat(count))
  for (let time = 0; time < count; time += 1) await kiosk.reply()
}
/** All within one moment of the clock. */
const fewLines = 20

for (const [name, line, code] of [
  ['wrong checksums', garbled, 'SIP2_CHECKSUM_WRONG'],
  ['no messages', 'xx', 'SIP2_MESSAGE_UNKNOWN'],
  ['too short ones', 'x', 'SIP2_MESSAGE_MALFORMED'],
  ['wrong log-ins', '9300CNkiosk|COwrong|', 'LOGIN_REFUSED'],
] as const) {
  t.test(`${name} fill no log, whoever sends them, and all are counted`, async (t) => {
    let counted = 0
    const count = () => (counted += 1)
    protocolWarningChannel.subscribe(count)
    t.teardown(() => protocolWarningChannel.unsubscribe(count))
    for (const known of [false, true]) {
      counted = 0
      const log = new CountingLog()
      const options: KioskOptions = { log, limits: { loginAttempts: Number.POSITIVE_INFINITY } }
      const kiosk = known ? await connect(t, options) : new Kiosk(t, options)
      await flood(kiosk, line)
      t.equal(log.written.get(code), fewLines)
      if (code.startsWith('SIP2')) t.equal(counted, times)
    }
  })
}

t.test('right requests fill no log either, though many are written', async (t) => {
  for (const known of [false, true]) {
    const log = new CountingLog()
    await flood(known ? await connect(t, { log }) : new Kiosk(t, { log }), status, 2000)
    t.equal(log.written.get('SIP2_MESSAGE'), known ? 500 : fewLines)
  }
})

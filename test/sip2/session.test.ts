import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import type { Loan } from '../../src/circulation/model.ts'
import { type Outcome, done } from '../../src/circulation/outcome.ts'
import { answers } from '../helpers/call.ts'
import { appendChecksum, hasRightChecksum } from '../helpers/checksum.ts'
import { fakeCirculation, fakeClock, sampleLoan } from '../helpers/fake-library-system.ts'
import { connect, Kiosk, login } from '../helpers/kiosk.ts'

const date = '20260301    130000'
const patronStatus = `23001${date}AO01INST|AAP100|AC|AD|`
const checkout = `11YN${date}${date}AO01INST|AAP100|ABB0071|AC|`

t.test('log-in and nothing before it', async (t) => {
  const kiosk = new Kiosk(t)
  t.match(await kiosk.ask('9900802.00'), /^98Y/, 'status may be asked before')
  const refused = await kiosk.ask(patronStatus)
  t.match(refused, /^24YY Y.*AA.*\|BLN\|AF.*not logged in/, 'law 1: a refusal in its own reply')
  t.match(await kiosk.ask(checkout), /^120NNN/)
  t.equal(await kiosk.ask('9300CNkiosk|COwrong|'), '940')
  t.equal(await kiosk.ask(login), '941')
  t.match(await kiosk.ask(patronStatus), /^24 {14}001/)
})

t.test('an encrypted log-in is refused', async (t) => {
  t.equal(await new Kiosk(t).ask('9310CNkiosk|COsecret|'), '940')
})

t.test('too many wrong log-ins end the connection after their reply', async (t) => {
  const kiosk = new Kiosk(t, { limits: { loginAttempts: 2 } })
  t.equal(await kiosk.ask('9300CNkiosk|COwrong|'), '940')
  t.equal(await kiosk.ask('9300CNnobody|COsecret|'), '940')
  t.equal(await kiosk.reply(), undefined)
})

t.test('a terminal that is known by its origin needs no log-in, and one is not held against it', async (t) => {
  const kiosk = new Kiosk(t, { known: true })
  t.match(await kiosk.ask(patronStatus), /^24 {14}/)
  t.equal(await kiosk.ask('9300CNwhoever|COwhatever|'), '941')
})

t.test('replies carry error detection when the request did', async (t) => {
  const kiosk = await connect(t)
  const plain = await kiosk.ask(patronStatus)
  t.notMatch(plain, /A[YZ][0-9A-F]+$/)
  const checked = await kiosk.askChecked(patronStatus, 7)
  t.match(checked, /AY7AZ[0-9A-F]{4}$/)
  t.ok(hasRightChecksum(checked))
  const sequenceless = await kiosk.ask(appendChecksum(patronStatus))
  t.match(sequenceless, /[^Y]\|AZ[0-9A-F]{4}$/)
  t.ok(hasRightChecksum(sequenceless))
  t.match(await kiosk.ask(appendChecksum(patronStatus).replace('AZ', 'AY12AZ')), /^96AZFEF6$/, 'wrong now')
})

t.test('a terminal may always or never want error detection', async (t) => {
  const always = await connect(t, { profile: { errorDetection: 'always' } }).catch((error: unknown) => error)
  t.match(always, Error, 'its log-in is answered with a checksum too')
  const never = await connect(t, { profile: { errorDetection: 'never' } })
  t.notMatch(await never.askChecked(patronStatus, 1), /AZ/)
  t.match(await never.ask(`${patronStatus}AY1AZ0000`), /^24/, 'and none is checked')
})

t.test('a wrong checksum draws 96 and executes nothing', async (t) => {
  const create = answers<Outcome<Loan>>(done(sampleLoan))
  const kiosk = await connect(t, { circulation: fakeCirculation({ loans: { create } }) })
  t.equal(await kiosk.ask(`${checkout}AY1AZ0000`), '96AZFEF6')
  t.equal(create.calls, 0)
})

t.test('what is no message draws 96', async (t) => {
  const kiosk = await connect(t)
  for (const line of ['4', '42', 'GET / HTTP/1.1', '98YYY', appendChecksum('55something|', 3)]) {
    t.match(await kiosk.ask(line), /^96/, line)
  }
  t.match(await kiosk.ask('9'.repeat(9000)), /^96/, 'and what is too long')
  t.match(await kiosk.ask(patronStatus), /^24/, 'the session goes on')
})

t.test('97 repeats the last reply byte for byte', async (t) => {
  const kiosk = await connect(t)
  const fresh = new Kiosk(t)
  t.match(await fresh.ask(appendChecksum('97')), /^96AZFEF6$/, 'nothing was sent yet')
  const last = await kiosk.askChecked(patronStatus, 2)
  t.equal(await kiosk.ask(appendChecksum('97')), last)
  t.equal(await kiosk.ask('97'), last)
  t.equal(await kiosk.ask('97AZ0000'), '96AZFEF6', 'a garbled 97')
  t.equal(await kiosk.ask('97'), last, 'does not lose the reply')
  t.equal(await kiosk.ask(`${checkout}AY1AZ0000`), '96AZFEF6')
  t.equal(await kiosk.ask('97'), '96AZFEF6', 'a 96 is a last reply too')
})

t.test('law 2: equal AY and AZ send the last reply again and execute nothing', async (t) => {
  const create = answers<Outcome<Loan>>(done(sampleLoan))
  const kiosk = await connect(t, { circulation: fakeCirculation({ loans: { create } }) })
  const first = await kiosk.askChecked(checkout, 3)
  t.match(first, /^121/)
  t.equal(await kiosk.askChecked(checkout, 3), first)
  t.equal(await kiosk.ask('97'), first)
  t.equal(await kiosk.askChecked(checkout, 3), first)
  t.equal(create.calls, 1)
})

t.test('law 2: another request with the same AY and the same sum is carried out', async (t) => {
  const create = answers<Outcome<Loan>>(done(sampleLoan))
  const kiosk = await connect(t, { circulation: fakeCirculation({ loans: { create } }) })
  const first = await kiosk.askChecked(checkout, 3)
  const second = await kiosk.askChecked(checkout.replace('B0071', 'B0017'), 3)
  t.match(first, /^121.*\|ABB0071\|/)
  t.match(second, /^121.*\|ABB0017\|/)
  t.equal(create.calls, 2)
})

t.test('law 2: an equal sequence number after a while is a new request', async (t) => {
  let now = 0
  const find = answers(done({ ...fakeCirculation() } as never))
  const circulation = { ...fakeCirculation(), clock: { ...fakeClock, monotonic: () => now } }
  const kiosk = await connect(t, { circulation, limits: { repeatWindowMs: 1000 } })
  const first = await kiosk.askChecked(`17${date}AO01INST|ABB0071|`, 3)
  now = 2000
  t.equal(await kiosk.askChecked(`17${date}AO01INST|ABB0071|`, 3), first, 'the answer is the same, made anew')
  t.equal(find.calls, 0)
})

t.test('law 1: pipelined requests are answered one by one and in order', async (t) => {
  const kiosk = await connect(t)
  const lines = Array.from({ length: 60 }, (_, at) => appendChecksum(`35${date}AO01INST|AAP${at}|`, at % 10))
  kiosk.write(`${lines.join('\r\n')}\r\n`)
  for (let at = 0; at < lines.length; at++) t.match(await kiosk.reply(), new RegExp(`\\|AAP${at}\\|`))
})

t.test('a flood behind a request that is being served waits with its sender', async (t) => {
  const { promise, resolve } = Promise.withResolvers<Outcome<Loan>>()
  const kiosk = await connect(t, { circulation: fakeCirculation({ loans: { create: () => promise } }) })
  kiosk.write(`${checkout}\r`)
  const chunk = Buffer.alloc(16_384, 'x')
  const chunks = 100
  for (let count = 0; count < chunks; count++) {
    kiosk.write(chunk)
    await nextTurn()
  }
  t.ok(kiosk.stream.writableLength > (chunks / 2) * chunk.length, 'most of it was not taken')
  resolve(done(sampleLoan))
  kiosk.write(`\r${patronStatus}\r`)
  t.match(await kiosk.reply(), /^121/)
  t.match(await kiosk.reply(), /^96/, 'what is too long')
  t.match(await kiosk.reply(), /^24/, 'the session goes on')
})

t.test('a flood of one machine lets another be served in between', async (t) => {
  const flooder = await connect(t, { limits: { maxPipelined: 4 } })
  const calm = await connect(t)
  let answered = 0
  flooder.stream.on('data', (chunk: Buffer) => (answered += chunk.toString('latin1').split('\r').length - 1))
  const count = 2000
  flooder.write('9900802.00\r'.repeat(count))
  for (let number = 0; number < 5; number += 1) t.match(await calm.ask(patronStatus), /^24/)
  t.ok(answered < count, 'the flood is not through yet')
  while (answered < count) await nextTurn()
})

t.test('a request that has begun must end soon, whether or not somebody is logged in', async (t) => {
  const limits = { requestTimeoutMs: 50 }
  for (const kiosk of [new Kiosk(t, { limits }), await connect(t, { limits })]) {
    t.match(await kiosk.ask('9900802.00'), /^98/)
    kiosk.write('99008')
    const trickle = setInterval(() => kiosk.stream.writable && kiosk.write('0'), 5)
    t.teardown(() => clearInterval(trickle))
    t.equal(await kiosk.reply(), undefined)
  }
})

t.test('the location code of a log-in is heard', async (t) => {
  const kiosk = new Kiosk(t, { location: ['HALL'] })
  t.equal(await kiosk.ask(`${login}CPANNEX|`), '940')
  t.equal(await kiosk.ask(login), '940')
  t.equal(await kiosk.ask(`${login}CPHALL|`), '941')
})

t.test('any chunking gives the same replies', async (t) => {
  const kiosk = await connect(t)
  const whole = await kiosk.ask(patronStatus)
  for (const byte of Buffer.from(`\xff\xfb\x01${patronStatus}\r\n`, 'latin1')) kiosk.write(Buffer.from([byte]))
  t.equal((await kiosk.reply())?.trimEnd(), whole)
})

t.test('law 1: a bug behind a message still gets a well-formed reply', async (t) => {
  const broken = async () => {
    throw new Error('bug')
  }
  const circulation = fakeCirculation({ loans: { create: broken }, patrons: { find: broken } })
  const kiosk = await connect(t, { circulation })
  t.match(await kiosk.ask(patronStatus), /^24YY Y.*\|AE\|AF/)
  t.match(await kiosk.ask(checkout), /^120NNN.*could not confirm/, 'and what may have happened is not called failed')
})

t.test('law 1: a message that hangs is answered by its deadline', async (t) => {
  const hanging = () => new Promise<never>(() => {})
  const circulation = fakeCirculation({ loans: { create: hanging }, patrons: { find: hanging } })
  const kiosk = await connect(t, { circulation, profile: { deadlineMs: 30 } })
  t.match(await kiosk.ask(patronStatus), /^24Y.*did not answer in time/)
  t.match(await kiosk.ask(checkout), /^120NNN.*could not confirm/)
})

t.test('a machine that ends its side still gets its replies', async (t) => {
  const kiosk = await connect(t)
  kiosk.write(`${patronStatus}\r`)
  kiosk.stream.end()
  t.match(await kiosk.reply(), /^24/)
  t.equal(await kiosk.reply(), undefined)
  await kiosk.session.closed
})

t.test('draining answers what is under way and ends', async (t) => {
  const { promise, resolve } = Promise.withResolvers<Outcome<Loan>>()
  const circulation = fakeCirculation({ loans: { create: () => promise } })
  const kiosk = await connect(t, { circulation })
  kiosk.write(`${checkout}\r`)
  await new Promise(setImmediate)
  const drained = kiosk.session.drain()
  resolve(done(sampleLoan))
  t.match(await kiosk.reply(), /^121/)
  t.equal(await kiosk.reply(), undefined)
  kiosk.stream.end()
  await drained
})

t.test('silence, a missing log-in and trickled bytes end the connection', async (t) => {
  const silent = new Kiosk(t, { limits: { loginTimeoutMs: 20 } })
  t.equal(await silent.reply(), undefined)
  const idle = await connect(t, { limits: { idleTimeoutMs: 20 } })
  t.equal(await idle.reply(), undefined)
  const slow = await connect(t, { limits: { idleTimeoutMs: 100 } })
  const trickle = setInterval(() => slow.stream.writable && slow.write('2'), 10)
  t.teardown(() => clearInterval(trickle))
  t.equal(await slow.reply(), undefined)
})

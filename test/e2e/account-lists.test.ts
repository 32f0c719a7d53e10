/** Patron information (63): long lists leafed through, fee details, holds that are ready and holds that are not. */
import t from 'tap'
import { readSampleFile, sampleLibraryPath } from '../../simulators/alma/state/load.ts'
import { type BaseConfig, cards, copy, startBridge } from '../helpers/bridge.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const { anna, emma, zofia, jonas } = cards
const sample = readSampleFile(sampleLibraryPath)

const lists = { holds: 0, overdue: 1, charged: 2, fines: 3, recalls: 4, unavailable: 5, feeDetails: 6 } as const

const ask = (card: string, list: keyof typeof lists, more = '') =>
  sip2.patronInformation(card, ' '.repeat(lists[list]).concat('Y').padEnd(10), more)

const barcodes = Array.from({ length: 250 }, (_, index) => `5000${index}`)

/** Zofia has 251 loans, and some fees that differ in age. */
const large = {
  ...sample,
  items: [
    ...(sample.items ?? []),
    ...barcodes.map((barcode) => ({ barcode, title: `Book ${barcode}`, library: 'MAIN', location: 'STACKS' })),
  ],
  loans: [
    ...(sample.loans ?? []),
    ...barcodes.map((item_barcode) => ({ user_id: 'zofia.wisniewska', item_barcode, due_date: '+20d' })),
  ],
}

t.test('a list of more than a hundred is leafed through without more calls than pages', async (t) => {
  const bridge = await startBridge(t, { alma: { data: large } })
  const kiosk = await bridge.logIn()
  const seen = new Set<string>()
  let pages = 0
  const calls = await bridge.callsOf(async () => {
    for (let first = 1; first <= 251; first += 20, pages++) {
      const reply = await kiosk.ask(ask(zofia, 'charged', `BP${first}|BQ${first + 19}|`))
      t.equal(reply.fixed.slice(43, 47), '0251', 'the count is of the whole list')
      t.equal(reply.all('AU').length, first + 19 > 251 ? 11 : 20)
      for (const barcode of reply.all('AU')) seen.add(barcode)
    }
  })
  t.same(calls, ['getUser', 'listLoans', 'listLoans', 'listLoans'])
  t.ok(calls.length <= pages)
  t.equal(seen.size, 251)
})

t.test('a change at the kiosk shows in the list at once', async (t) => {
  const bridge = await startBridge(t)
  const kiosk = await bridge.logIn()
  const charged = async () => (await kiosk.ask(ask(anna, 'charged'))).all('AU')
  t.equal((await charged()).length, 3)
  await kiosk.ask(sip2.checkout(anna, copy(1)))
  t.equal((await charged()).length, 4)
  await kiosk.ask(sip2.checkin(copy(1)))
  t.equal((await charged()).length, 3)
  await kiosk.ask(sip2.renew(anna, copy(9)))
  t.ok((await bridge.callsOf(charged)).includes('listLoans'), 'due dates changed')
  const owes = async () => (await kiosk.ask(ask(anna, 'fines'))).all('AV').length
  t.equal(await owes(), 1)
  await kiosk.ask(sip2.feePaid(anna, '2.40'))
  t.equal(await owes(), 0)
})

t.test('extended fee details: the seventh position of the summary', async (t) => {
  const bridge = await startBridge(t)
  const kiosk = await bridge.logIn()
  const reply = await kiosk.ask(ask(emma, 'feeDetails'))
  t.same(reply.all('AV'), [], 'in place of AV')
  const open = bridge.user(emma).fees.filter(({ status }) => status === 'ACTIVE')
  t.same(
    reply.all('CG'),
    open.map(({ id }) => id),
  )
  t.same(reply.all('FE'), reply.all('CG'))
  t.same(reply.all('FA'), ['25.00', '1.60', '5.00'], 'what is left')
  t.same(reply.all('FB'), [copy(26), copy(22), ''])
  t.match(reply.all('FC'), [/^\d\d\.\d\d\.20\d\d$/, /^\d\d\.\d\d\.20\d\d$/, /^\d\d\.\d\d\.20\d\d$/])
  t.match(reply.all('FD')[0], /\w/)
  t.match(reply.all('FF'), [/\w/, /\w/, /\w/])
  t.equal(reply.all('FG')[0], '0.00', 'what was paid')
  const order = [...reply.line.matchAll(/(?<=\|)(CG|F[A-G])/g)].map(([id]) => id).join(' ')
  t.equal(order, 'CG FA FB FC FD FE FF FG '.repeat(3).trim(), 'the fields of one fee stand together')

  const page = await kiosk.ask(ask(emma, 'feeDetails', 'BP2|BQ2|'))
  t.same([page.all('CG'), page.all('FA')], [[open[1]?.id], ['1.60']])
  t.equal(page.fixed.slice(47, 51), '0003')
  t.equal((await kiosk.ask(sip2.feePaid(emma, '1.60', `CG${page.get('CG')}|`))).fixed[0], 'Y', 'and the id pays it')
  t.same((await kiosk.ask(ask(jonas, 'feeDetails'))).all('CG'), [])
})

t.test('fee details bend to the profile, and are cut by whole fees', async (t) => {
  const config = (base: BaseConfig) => ({
    ...base,
    profiles: { ...base.profiles, plain: { maxReplyBytes: 300, fields: { hide: ['FB'], rename: { FD: 'ZT' } } } },
  })
  const bridge = await startBridge(t, { config })
  const kiosk = await bridge.logIn()
  const reply = await kiosk.ask(ask(emma, 'feeDetails'))
  const order = [...reply.line.matchAll(/(?<=\|)(CG|F[A-G]|ZT)/g)].map(([id]) => id).join(' ')
  t.equal(order, 'CG FA FC ZT FE FF FG')
  t.equal(reply.fixed.slice(47, 51), '0003')
})

t.test('holds that are ready are told from those that are not, in lists and counts', async (t) => {
  const bridge = await startBridge(t)
  const kiosk = await bridge.logIn()
  const ready = await kiosk.ask(ask(anna, 'holds'))
  t.same([ready.all('AS'), ready.all('CD')], [[copy(12)], []])
  const waiting = await kiosk.ask(ask(anna, 'unavailable'))
  t.same(waiting.all('AS'), [])
  t.match(waiting.all('CD'), ['City Planning Today'], 'a hold on a title names the title')
  t.same([waiting.fixed.slice(35, 39), waiting.fixed.slice(55, 59)], ['0001', '0001'])
})

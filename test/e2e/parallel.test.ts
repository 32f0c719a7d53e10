/** Several kiosks at once on one item, and on one patron. */
import t from 'tap'
import { cards, copy, startBridge } from '../helpers/bridge.ts'
import { item, problemIn, request, user } from '../helpers/ncip.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const { anna, jonas, emma } = cards

t.test('two patrons want one item at the same moment: one has it, the other is told no', async (t) => {
  const bridge = await startBridge(t)
  const [one, other] = await Promise.all([bridge.logIn('kiosk'), bridge.logIn('kiosk-2')])
  const replies = await Promise.all([one.ask(sip2.checkout(jonas, copy(1))), other.ask(sip2.checkout(emma, copy(1)))])
  const winners = replies.filter(({ fixed }) => fixed.startsWith('1'))
  t.equal(winners.length, 1)
  t.equal(bridge.borrowerOf(copy(1)), winners[0]?.get('AA'))
  t.equal(bridge.executed('createLoan').length, 1)
})

t.test('a patron who takes one item at a kiosk and from a partner at the same moment has one loan', async (t) => {
  const bridge = await startBridge(t)
  const kiosk = await bridge.logIn()
  const message = request('CheckOutItem', user(jonas) + item(copy(1)), { to: '01DEMO_INST' })
  const [reply, answer] = await Promise.all([kiosk.ask(sip2.checkout(jonas, copy(1))), bridge.post(message)])
  t.equal(bridge.user(jonas).loans.size, 1)
  t.equal(bridge.executed('createLoan').length, 1)
  t.equal(problemIn(answer), undefined, 'a partner is told that the user has it')
  t.ok(reply.fixed.startsWith('1') || /already have this item/.test(reply.get('AF') ?? ''))
})

t.test('one patron at two kiosks borrows, renews and pays without a mix-up', async (t) => {
  const bridge = await startBridge(t)
  const [one, other] = await Promise.all([bridge.logIn('kiosk'), bridge.logIn('kiosk-2')])
  const [first, second] = await Promise.all([
    one.ask(sip2.checkout(anna, copy(1))),
    other.ask(sip2.checkout(anna, copy(2))),
  ])
  t.match([first.fixed[0], second.fixed[0]], ['1', '1'])
  t.equal(bridge.user(anna).loans.size, 5)

  const payments = await Promise.all([
    one.ask(sip2.feePaid(anna, '2.40', 'BKone|')),
    other.ask(sip2.feePaid(anna, '2.40', 'BKother|')),
  ])
  t.same(payments.map(({ fixed }) => fixed[0]).toSorted(), ['N', 'Y'], 'law 3: what is owed is taken once')
  t.equal(bridge.paidBy(anna), 240)

  const renewals = await Promise.all([one.ask(sip2.renew(anna, copy(9))), other.ask(sip2.renew(anna, copy(9)))])
  const renewed = renewals.filter(({ fixed }) => fixed.startsWith('1')).length
  t.equal(bridge.item(copy(9)).loan?.renewals, renewed, 'as many renewals as were told')
})

t.test(
  'law 2: one request that comes on two connections at once is executed once, and both are answered',
  async (t) => {
    const bridge = await startBridge(t)
    const [one, other] = await Promise.all([bridge.logIn('kiosk'), bridge.logIn('kiosk')])
    bridge.alma.control.setFaults({ kind: 'delay-after', ms: 200, match: { operation: 'createLoan' } })
    const line = sip2.checkout(jonas, copy(1))
    const replies = await Promise.all([one.ask(line), other.ask(line)])
    t.match(
      replies.map(({ fixed }) => fixed),
      [/^1/, /^1/],
    )
    t.equal(bridge.executed('createLoan').length, 1)
    t.equal(bridge.alma.control.calls().filter(({ operation }) => operation === 'createLoan').length, 1)
  },
)

t.test('forty kiosks over TLS, each with a visit of its own', async (t) => {
  const bridge = await startBridge(t)
  const numbers = Array.from({ length: 40 }, (_, number) => number + 10)
  bridge.alma.control.load({
    libraries: [
      {
        code: 'MAIN',
        default_location: 'STACKS',
        locations: [{ code: 'STACKS' }],
        circ_desks: [{ code: 'SELFCHECK' }],
      },
    ],
    users: numbers.map((number) => ({
      primary_id: `user${number}`,
      last_name: `Name${number}`,
      barcode: `P${number}`,
    })),
    items: numbers.map((number) => ({ barcode: `I${number}`, title: `Title ${number}`, library: 'MAIN' })),
  })
  const visits = numbers.map(async (number) => {
    const kiosk = await bridge.logIn()
    const status = await kiosk.ask(sip2.patronStatus(`P${number}`))
    const lent = await kiosk.ask(sip2.checkout(`P${number}`, `I${number}`))
    const told = await kiosk.ask(sip2.patronInformation(`P${number}`, '  Y       '))
    await kiosk.ask(sip2.endSession(`P${number}`))
    return [status.get('AE'), lent.get('AJ'), told.all('AU').join()]
  })
  t.same(
    await Promise.all(visits),
    numbers.map((number) => [`Name${number}`, `Title ${number}`, `I${number}`]),
  )
  for (const number of numbers) t.equal(bridge.borrowerOf(`I${number}`), `P${number}`)
})

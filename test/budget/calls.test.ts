/** No transaction costs more calls than the design gives it: a real bridge and socket, the simulator's log of calls. */
import t from 'tap'
import { measureCalls, rows } from '../../bench/calls.ts'

const counts = await measureCalls()

t.test('complaint 13: every transaction keeps its budget of calls to the library system', async (t) => {
  t.equal(counts.length, rows.length)
  for (const { transaction, budget, calls } of counts) {
    t.ok(calls.length <= budget, `${transaction}: ${calls.length} of ${budget} calls`, { calls })
  }
})

t.test('what needs no call makes none, and what needs one makes the right one', async (t) => {
  const callsOf = new Map(counts.map(({ transaction, calls }) => [transaction, calls]))
  t.same(callsOf.get('status'), [])
  t.same(callsOf.get('patron status'), ['getUser'])
  t.same(callsOf.get('checkout'), ['createLoan'])
  t.same(callsOf.get('checkin'), ['scanItem'])
  t.same(callsOf.get('renew'), ['renewLoan'])
})

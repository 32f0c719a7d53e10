/** No transaction costs more calls than the design gives it: a real bridge and socket, the simulator's log of calls. */
import t from 'tap'
import { measureCalls, rows } from '../../bench/calls.ts'

t.test('every transaction keeps its budget of calls to the library system', async (t) => {
  const counts = await measureCalls()
  t.equal(counts.length, rows.length)
  for (const { transaction, budget, calls } of counts) {
    t.ok(calls.length <= budget, `${transaction}: ${calls.length} of ${budget} calls`, { calls })
  }
})

t.test('what needs no call makes none, and what needs one makes it', async (t) => {
  const byName = new Map((await measureCalls()).map(({ transaction, calls }) => [transaction, calls]))
  t.same(byName.get('status'), [])
  t.same(byName.get('patron status'), ['getUser'])
  t.same(byName.get('checkout'), ['createLoan'])
  t.same(byName.get('checkin'), ['scanItem'])
  t.same(byName.get('renew'), ['renewLoan'])
})

import t from 'tap'
import { StrangerTurns } from '../../src/sip2/stranger-turns.ts'

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Asks for turns in this order and tells who had one in each turn of the event loop. */
async function serve(sources: readonly string[], isAwaited: (index: number) => boolean = () => true) {
  const turns = new StrangerTurns()
  const served: string[] = []
  for (const [index, source] of sources.entries()) {
    void turns.take(source, () => isAwaited(index)).then(() => isAwaited(index) && served.push(source))
  }
  const perTurn: string[] = []
  for (let turn = 0; turn <= sources.length; turn += 1) {
    await Promise.resolve()
    perTurn.push(served.splice(0).join())
    await nextTurn()
  }
  return perTurn.filter((one) => one !== '')
}

t.test('one request in each turn of the event loop', async (t) => {
  t.same(await serve(['a', 'a', 'a']), ['a', 'a', 'a'])
})

t.test('sources follow one another, however much each of them has', async (t) => {
  const order = await serve([...Array.from({ length: 190 }, () => 'crowd'), 'kiosk', 'other', 'kiosk'])
  t.same(order.slice(0, 7), ['crowd', 'crowd', 'kiosk', 'other', 'crowd', 'kiosk', 'crowd'])
  t.equal(order.length, 193, 'and nobody is forgotten')
})

t.test('who has left takes no turn', async (t) => {
  const order = await serve(['a', 'a', 'b', 'a', 'c'], (index) => index !== 1 && index !== 2)
  t.same(order, ['a', 'a', 'c'])
})

t.test('when all is served, the next one need not wait', async (t) => {
  const turns = new StrangerTurns()
  for (let time = 0; time < 3; time += 1) {
    let begun = false
    void turns.take('a', () => true).then(() => (begun = true))
    await Promise.resolve()
    t.ok(begun)
    await nextTurn()
  }
})

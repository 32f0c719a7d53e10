import t from 'tap'
import { ConnectionTable, type Guest } from '../../src/sip2/connection-table.ts'

function makeTable(limits: Partial<ConstructorParameters<typeof ConnectionTable>[0]> = {}) {
  const table = new ConnectionTable({
    maxConnections: 100,
    maxConnectionsPerAddress: 100,
    maxHandshakes: 100,
    ...limits,
  })
  const gone: string[] = []
  const arrive = (name: string, isKnown = false) => {
    const guest: Guest = { source: name.split('.')[0] ?? '', isKnown, displace: () => gone.push(name) }
    return { guest, refused: table.add(guest) }
  }
  return { table, gone, arrive }
}

t.test('an address has so many places; who has not logged in gives way, the oldest first', async (t) => {
  const { arrive, gone, table } = makeTable({ maxConnectionsPerAddress: 2 })
  arrive('a.known', true)
  arrive('a.1')
  t.equal(arrive('a.2').refused, undefined)
  t.same(gone, ['a.1'])
  t.equal(arrive('a.also-known', true).refused, undefined)
  t.same(gone, ['a.1', 'a.2'])
  t.equal(arrive('a.3').refused, 'address-limit')
  t.equal(arrive('b.1').refused, undefined)
  t.equal(table.count, 3)
})

t.test('a flood from one source displaces itself', async (t) => {
  const { arrive, gone } = makeTable({ maxConnections: 10 })
  arrive('kiosk.1')
  for (let count = 0; count < 50; count += 1) arrive(`flood.${count}`)
  t.equal(arrive('other.1').refused, undefined)
  t.equal(gone.length, 42)
  t.ok(gone.every((name) => name.startsWith('flood')))
  t.equal(gone[0], 'flood.0')
})

t.test('who has logged in is never displaced', async (t) => {
  const { arrive, gone, table } = makeTable({ maxConnections: 2 })
  const { guest } = arrive('a.1', true)
  arrive('b.1', true)
  t.equal(arrive('c.1').refused, 'limit')
  t.same(gone, [])
  table.remove(guest)
  t.equal(arrive('c.1').refused, undefined)
})

t.test('handshakes have a limit of their own', async (t) => {
  const { arrive, gone, table } = makeTable({ maxHandshakes: 2 })
  const done = arrive('a.done')
  table.settle(done.guest)
  arrive('a.1')
  arrive('b.1')
  arrive('b.2')
  t.equal(gone.length, 1)
  t.not(gone[0], 'a.done')
})

t.test('one that leaves twice counts once', async (t) => {
  const { arrive, table } = makeTable()
  const { guest } = arrive('a.1')
  arrive('a.2')
  table.remove(guest)
  table.remove(guest)
  t.equal(table.count, 1)
})

import t from 'tap'
import { differencesOf } from '../../../src/runtime/config/differences.ts'
import { Secret } from '../../../src/runtime/config/secret.ts'

const secret = (reference: string, value: string) => new Secret(reference, value)

t.test('paths of what differs, and nothing else', async (t) => {
  const before = {
    log: { level: 'info' },
    terminals: [
      { name: 'hall', profile: 'plain', from: { addresses: ['10.0.0.1'] } },
      { name: 'side', profile: 'plain' },
    ],
    pickup: { 'Front desk': 'A' },
    limits: undefined,
  }
  const after = {
    log: { level: 'debug' },
    terminals: [
      { name: 'hall', profile: 'kiosk', from: { addresses: ['10.0.0.1', '10.0.0.2'] } },
      { name: 'new', profile: 'plain' },
    ],
    pickup: { 'Front desk': 'B' },
    limits: { drainMs: 1 },
  }
  t.same(differencesOf(before, before), [])
  t.same(differencesOf(before, after), [
    'log.level',
    'terminals[hall].profile',
    'terminals[hall].from.addresses',
    'terminals[side]',
    'terminals[new]',
    'pickup.*',
    'limits',
  ])
})

t.test('terminals are rules in order, so that another order is a change', async (t) => {
  const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }]
  t.same(differencesOf({ terminals: [a, b] }, { terminals: [b, a] }), ['terminals'])
  t.same(differencesOf({ terminals: [a, b] }, { terminals: [c, a, b] }), ['terminals[c]'])
})

t.test('a secret differs by where it is and by what it is, and is not told', async (t) => {
  const found = differencesOf(
    {
      same: secret('env:A', 'one'),
      value: secret('env:B', 'canary-1'),
      place: secret('env:C', 'x'),
      gone: secret('env:D', 'x'),
    },
    { same: secret('env:A', 'one'), value: secret('env:B', 'canary-2'), place: secret('file:c', 'x') },
  )
  t.same(found, ['value', 'place', 'gone'])
  const [one, two] = [{ key: secret('file:k', '1') }, { key: secret('file:k', '2') }]
  t.same(differencesOf(one, two, 'reference'), [])
  t.same(differencesOf(one, two), ['key'])
})

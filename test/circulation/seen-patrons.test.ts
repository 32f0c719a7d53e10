import t from 'tap'
import { SeenPatrons } from '../../src/circulation/seen-patrons.ts'
import { samplePatron } from '../helpers/fake-library-system.ts'

t.test('a patron is known by every card, for as long as one wants to know', (t) => {
  let now = 0
  const seen = new SeenPatrons(() => now)
  t.notOk(seen.isClear('P100', 1000))
  seen.remember('alias', samplePatron, undefined)
  now = 1000
  for (const card of ['alias', 'P100', samplePatron.id]) t.ok(seen.isClear(card, 1000), card)
  t.ok(seen.isSame('alias', 'P100'))
  t.ok(seen.isSame('never seen', 'never seen'))
  t.notOk(seen.isSame('never seen', 'P100'))
  t.notOk(seen.isSame('P100', undefined))
  now = 1001
  t.notOk(seen.isClear('P100', 1000))
  t.end()
})

t.test('why a patron may not borrow, by a reading or by a refusal', (t) => {
  let now = 0
  const seen = new SeenPatrons(() => now)
  seen.remember('alias', samplePatron, undefined)
  t.equal(seen.barrierOf('alias', 1000), undefined)
  seen.refuse('P100', 'patron-expired')
  t.equal(seen.barrierOf('alias', 1000), 'patron-expired', 'by every card')
  seen.refuse('nobody', 'patron-unknown')
  t.equal(seen.barrierOf('nobody', 1000), 'patron-unknown')
  t.notOk(seen.isClear('nobody', 1000))
  now = 1001
  t.equal(seen.barrierOf('alias', 1000), undefined, 'that long ago it tells nothing')
  t.end()
})

t.test('the last reading counts, and a refusal ends it for every card', (t) => {
  const seen = new SeenPatrons(() => 0)
  seen.remember('P100', samplePatron, undefined)
  seen.remember('P100', samplePatron, 'patron-blocked')
  t.notOk(seen.isClear('P100', 1000))
  seen.remember('P100', samplePatron, undefined)
  seen.forget(samplePatron.id)
  t.notOk(seen.isClear('P100', 1000))
  t.end()
})

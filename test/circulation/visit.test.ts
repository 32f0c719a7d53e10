import t from 'tap'
import { Visit } from '../../src/circulation/visit.ts'
import { sampleLoan, samplePatron } from '../helpers/fake-library-system.ts'

t.test('a patron is known by the card and by the canonical id, until the reading is old', (t) => {
  let now = 0
  const visit = new Visit(() => now)
  t.equal(visit.patron('P100'), undefined)
  visit.remember('P100', samplePatron)
  t.equal(visit.patron('P100'), samplePatron)
  t.equal(visit.patron(samplePatron.id), samplePatron)
  now = 120_001
  t.equal(visit.patron('P100'), undefined)
  t.equal(visit.canonical('P100'), samplePatron.id, 'who it is does not grow old')
  t.end()
})

t.test('the next patron finds nothing of the last one', (t) => {
  const visit = new Visit(() => 0)
  visit.remember('P100', samplePatron)
  visit.rememberLoans('P100', [sampleLoan])
  visit.rememberPassword('P100', '1234', true)
  visit.remember('P200', { ...samplePatron, id: 'primary-2' })
  t.equal(visit.patron('P100'), undefined)
  t.equal(visit.loan('P200', sampleLoan.itemBarcode), undefined)
  t.equal(visit.passwordChecked('P100', '1234'), undefined)
  t.equal(visit.canonical('P100'), 'P100')
  t.end()
})

t.test('a password is known only for its own patron and its own value', (t) => {
  const visit = new Visit(() => 0)
  visit.rememberPassword('P100', '1234', true)
  t.equal(visit.passwordChecked('P100', '1234'), true)
  t.equal(visit.passwordChecked('P100', '9999'), undefined)
  t.equal(visit.passwordChecked('P200', '1234'), undefined)
  visit.rememberPassword('P100', '9999', false)
  t.equal(visit.passwordChecked('P100', '9999'), false)
  t.end()
})

t.test('a patron is known by the card and by the identifier that the loans name', (t) => {
  const visit = new Visit(() => 0)
  visit.rememberPassword('P100', '1234', true)
  visit.rememberLoans('P100', [sampleLoan])
  visit.rememberLoans(sampleLoan.patronId, [{ ...sampleLoan, itemBarcode: 'B2' }])
  t.ok(visit.loan('P100', sampleLoan.itemBarcode))
  t.ok(visit.loan('P100', 'B2'))
  t.equal(visit.passwordChecked('P100', '1234'), true, 'nothing was forgotten')
  t.end()
})

t.test('a visit holds a bounded number of loans', (t) => {
  const visit = new Visit(() => 0)
  const loans = Array.from({ length: 1000 }, (_, at) => ({ ...sampleLoan, itemBarcode: `B${at}` }))
  visit.rememberLoans('P100', loans)
  t.ok(visit.loan('P100', 'B499'))
  t.equal(visit.loan('P100', 'B500'), undefined)
  t.end()
})

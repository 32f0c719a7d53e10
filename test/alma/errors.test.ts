import t from 'tap'
import { knownCodes, meaningOf, type Operation, readBlockDescription } from '../../src/alma/errors.ts'
import { refusalReasons, unavailableCauses } from '../../src/circulation/outcome.ts'

t.test('every entry leads into the closed unions', async (t) => {
  for (const key of knownCodes) {
    const [operation, code] = key.includes(':') ? key.split(':') : ['item', key]
    const meaning = meaningOf(code ?? '', operation as Operation)
    if (meaning === undefined) t.fail(`no meaning of ${key}`)
    else if (meaning === 'failed-inside') t.match(key, /^(60101|401652|402119|402504|INTERNAL_SERVER_ERROR)$/)
    else if ('refuse' in meaning) t.ok(refusalReasons.includes(meaning.refuse), key)
    else t.ok(unavailableCauses.includes(meaning.unavailable), key)
  }
})

t.test('an overloaded code is read by what was asked', async (t) => {
  t.same(meaningOf('401651', 'loan'), { refuse: 'item-not-loanable' })
  t.same(meaningOf('401651', 'fees'), { refuse: 'patron-unknown' })
  t.same(meaningOf('401666', 'pay'), { refuse: 'fee-amount-invalid' })
  t.equal(meaningOf('401666', 'item'), undefined)
  t.same(meaningOf('401664', 'patron-record'), { refuse: 'request-invalid' })
  t.same(meaningOf('40166404', 'patron-record'), { refuse: 'not-configured' })
  t.same(meaningOf('40166404', 'item-record'), { refuse: 'request-invalid' })
  t.equal(meaningOf('40166404', 'item'), undefined)
  t.same(meaningOf('401873', 'hold'), { refuse: 'hold-not-possible' })
  t.equal(meaningOf('401873', 'item'), undefined)
})

t.test('names of the object prototype are no codes', async (t) => {
  t.equal(meaningOf('constructor', 'loan'), undefined)
})

t.test('of a block only the description is taken', async (t) => {
  t.equal(readBlockDescription('LOAN  -   Lost card. see Mrs Doe Scope: Main Library'), 'Lost card')
  t.equal(readBlockDescription('GENERAL  -   Cash limit reached.  Scope: 01ABC_INST'), 'Cash limit reached')
  t.equal(readBlockDescription('GENERAL  -   Fines. Mr. Smith. called Scope: A'), 'Fines')
  t.equal(readBlockDescription('User jdoe is blocked'), '')
  t.equal(readBlockDescription(''), '')
})

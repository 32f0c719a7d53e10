import t from 'tap'
import {
  readPatronStatus,
  readSummary,
  readSupportedMessages,
  writePatronStatus,
  writeSummary,
  writeSupportedMessages,
} from '../../src/sip2/positions.ts'

t.test('patron status: Y or blank at its place', async (t) => {
  t.equal(writePatronStatus([]), ' '.repeat(14))
  t.equal(writePatronStatus(['tooManyBilled', 'chargeDenied', 'excessiveFines']), 'Y         Y  Y')
  t.same([...readPatronStatus('YN        Y  Y')], ['chargeDenied', 'excessiveFines', 'tooManyBilled'])
  t.same([...readPatronStatus('')], [])
})

t.test('summary: ten characters, none, one or several', async (t) => {
  t.equal(writeSummary(['chargedItems']), '  Y       ')
  t.same([...readSummary('  Y       ')], ['chargedItems'])
  t.same([...readSummary('YNNNNNYNNN')], ['holdItems', 'feeDetails'])
  t.same([...readSummary('          ')], [])
})

t.test('supported messages: sixteen of Y or N', async (t) => {
  t.equal(writeSupportedMessages(['23', '65']), 'YNNNNNNNNNNNNNNY')
  t.same([...readSupportedMessages('NYYNNNNNNNNNNNNNYY')], ['11', '09'])
})

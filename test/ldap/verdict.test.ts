import {
  BusyError,
  ConfidentialityRequiredError,
  ConstraintViolationError,
  InvalidCredentialsError,
  NoSuchObjectError,
  UnwillingToPerformError,
} from 'ldapts'
import t from 'tap'
import { judgeBind, judgeFailure } from '../../src/ldap/verdict.ts'
import { QueueFullError } from '../../src/ldap/pool.ts'
import { codeOf, parseHost, TransportError } from '../../src/ldap/host.ts'

const activeDirectory = (data: string) =>
  new InvalidCredentialsError(
    `80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data ${data}, v4563`,
  )

t.test("Active Directory's reasons, of which a wrong password and an unknown user are the same", async (t) => {
  const reasons = {
    '525': 'patron-pin-wrong',
    '52e': 'patron-pin-wrong',
    '530': 'not-permitted',
    '532': 'patron-blocked',
    '533': 'patron-inactive',
    '701': 'patron-expired',
    '773': 'patron-blocked',
    '775': 'patron-blocked',
  }
  for (const [data, reason] of Object.entries(reasons)) {
    t.match(judgeBind(activeDirectory(data), undefined), { kind: 'refused', reason, evidence: `ldap 49 data ${data}` })
  }
})

t.test("other servers' reasons", async (t) => {
  t.match(judgeBind(new ConstraintViolationError('x'), undefined), { kind: 'refused', reason: 'patron-blocked' })
  t.match(judgeBind(new UnwillingToPerformError('x'), undefined), { kind: 'refused', reason: 'patron-inactive' })
  t.match(judgeBind(new NoSuchObjectError('x'), undefined), { kind: 'refused', reason: 'patron-pin-wrong' })
  t.match(judgeBind(new InvalidCredentialsError('x'), 8), { kind: 'refused', reason: 'patron-pin-wrong' })
  t.match(judgeBind(new ConfidentialityRequiredError('x'), undefined), { kind: 'unavailable', cause: 'key-refused' })
})

t.test('what is no answer is unavailable, and what is a bug is thrown', async (t) => {
  t.match(judgeFailure(new TransportError('ETIMEDOUT')), { kind: 'unavailable', cause: 'timeout' })
  t.match(judgeFailure(new TransportError('ECONNREFUSED')), { kind: 'unavailable', cause: 'offline' })
  t.match(judgeFailure(new QueueFullError()), { kind: 'unavailable', cause: 'overload' })
  t.match(judgeFailure(new BusyError('uid=canary')), { kind: 'unavailable', cause: 'internal', evidence: 'ldap 51' })
  t.throws(() => judgeFailure(new TypeError('bug')), TypeError)
})

t.test('codes and addresses', async (t) => {
  t.equal(codeOf(new AggregateError([Object.assign(new Error('x'), { code: 'EHOSTUNREACH' })])), 'EHOSTUNREACH')
  t.equal(codeOf(new Error('Connection closed, uid=canary')), 'ECONNRESET')
  t.same(parseHost('ldaps://[::1]'), { name: '::1', port: 636, secure: true })
  t.same(parseHost('ldap://dir.example.org:1389'), { name: 'dir.example.org', port: 1389, secure: false })
})

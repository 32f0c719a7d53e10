import t from 'tap'
import { configSchema, type TerminalConfig } from '../../src/runtime/config/schema.ts'
import { wholeProfile } from '../../src/runtime/config/sections/profile.ts'
import type { ClientCertificate } from '../../src/sip2/client-certificate.ts'
import { LoginThrottle } from '../../src/sip2/login-throttle.ts'
import { RightPasswords } from '../../src/sip2/right-passwords.ts'
import type { Terminal } from '../../src/sip2/terminal.ts'
import { type Origin, Terminals } from '../../src/sip2/terminals.ts'

const plain = wholeProfile.parse({})

type Rule = Pick<Partial<TerminalConfig>, 'from' | 'location'> & { readonly user?: string; readonly password?: string }

/** Passwords are their own hashes here, and what is verified is written down. */
function makeTerminals(rules: Readonly<Record<string, Rule>>, throttle?: LoginThrottle, right?: RightPasswords) {
  const verified: string[] = []
  const from = new Set<string>()
  const entries = Object.entries(rules).map(([name, { user, password = 'secret', ...rule }]) => ({
    terminal: { name, profile: plain } as Terminal,
    config: { ...rule, ...(user && { login: { user, passwordHash: { reveal: () => password } } }) } as never,
  }))
  let free = true
  const verify = async (password: string, hash: string, source: string) => {
    verified.push(hash)
    from.add(source)
    return free ? password === hash : undefined
  }
  const terminals = new Terminals(entries, verify, throttle, right)
  const logIn = (user: string, origin: Partial<Origin> = {}, password = 'secret', location = '') =>
    terminals.byLogin({ user, password, location }, originOf(origin))
  return {
    verified,
    from,
    setFree: (value: boolean) => (free = value),
    byOrigin: (origin: Partial<Origin>) => terminals.byOrigin(originOf(origin))?.name,
    logIn: async (...given: Parameters<typeof logIn>) => {
      const { terminal, reason } = await logIn(...given)
      return terminal?.name ?? reason
    },
    abandon: () => terminals.byLogin({ user: 'kiosk', password: 'secret', location: '' }, originOf({}), () => false),
  }
}

const originOf = (origin: Partial<Origin>): Origin => ({ listener: 'tls', address: '10.1.2.3', ...origin })

const certificate = (parts: Partial<ClientCertificate>): ClientCertificate => ({
  subject: ['CN=kiosk-1', 'O=Main Library'],
  names: ['kiosk-1.example.org'],
  fingerprint: 'ab'.repeat(32),
  ...parts,
})

t.test('the first rule that fits is taken', async (t) => {
  const { byOrigin } = makeTerminals({
    one: { from: { addresses: ['10.1.2.3'], listener: ['tls'] } },
    branch: { from: { addresses: ['10.1.0.0/16'] } },
    all: { from: { listener: ['tls'] } },
  })
  t.equal(byOrigin({}), 'one')
  t.equal(byOrigin({ listener: 'tcp' }), 'branch')
  t.equal(byOrigin({ address: '10.1.9.9' }), 'branch')
  t.equal(byOrigin({ address: '10.9.9.9' }), 'all')
  t.equal(byOrigin({ address: '2001:db8::1', listener: 'tcp' }), undefined)
})

t.test('two kiosks with one log-in and different addresses may differ', async (t) => {
  const { logIn, verified } = makeTerminals({
    hall: { user: 'kiosk', from: { addresses: ['10.1.0.0/16'] } },
    annex: { user: 'kiosk', from: { addresses: ['10.2.0.0/16', '2001:db8::/32'] } },
  })
  t.equal(await logIn('kiosk'), 'hall')
  t.equal(await logIn('kiosk', { address: '10.2.0.1' }), 'annex')
  t.equal(await logIn('kiosk', { address: '2001:db8::1' }), 'annex')
  t.equal(await logIn('kiosk', { address: '10.3.0.1' }), 'origin-wrong')
  t.equal(verified.length, 2, 'the password that both share is looked at once, and the decoy')
})

t.test('two kiosks with one log-in and different location codes may differ', async (t) => {
  const { logIn } = makeTerminals({
    hall: { user: 'kiosk', location: ['HALL', 'HALL-2'] },
    annex: { user: 'kiosk', location: ['ANNEX'] },
    elsewhere: { user: 'kiosk' },
  })
  t.equal(await logIn('kiosk', {}, 'secret', 'HALL-2'), 'hall')
  t.equal(await logIn('kiosk', {}, 'secret', 'ANNEX'), 'annex')
  t.equal(await logIn('kiosk', {}, 'secret', 'annex'), 'elsewhere', 'a code is compared as it stands')
  t.equal(await logIn('kiosk', {}, 'secret'), 'elsewhere')
})

t.test('a certificate tells by subject, alternative name or fingerprint; all that is named must hold', async (t) => {
  const { byOrigin } = makeTerminals({
    pinned: { from: { certificate: { fingerprint: ['CD:'.repeat(31) + 'CD', 'EF:'.repeat(31) + 'EF'] } } },
    named: { from: { certificate: { san: ['Kiosk-1.example.org'], subject: ['O=Main Library'] } } },
    subject: { from: { certificate: { subject: ['CN=kiosk-1', 'O=Annex'] } } },
    placed: { from: { certificate: { subject: ['CN=kiosk-2'] }, addresses: ['10.1.0.0/16'] } },
  })
  const of = (parts: Partial<ClientCertificate>, address = '10.1.2.3') =>
    byOrigin({ address, certificate: certificate(parts) })
  t.equal(byOrigin({}), undefined, 'without a certificate none')
  t.equal(of({ fingerprint: 'ef'.repeat(32) }), 'pinned')
  t.equal(of({}), 'named')
  t.equal(of({ names: [] }), undefined)
  t.equal(of({ names: [], subject: ['O=Annex', 'CN=kiosk-1'] }), 'subject')
  t.equal(of({ subject: ['CN=kiosk-2'] }), 'placed')
  t.equal(of({ subject: ['CN=kiosk-2'] }, '10.2.0.1'), undefined)
})

t.test('what needs a log-in or a location code waits for it', async (t) => {
  const { byOrigin, logIn, verified } = makeTerminals({
    annex: { from: { addresses: ['10.1.0.0/16'] }, location: ['ANNEX'] },
    staff: { user: 'staff', from: { addresses: ['10.1.0.0/16'] } },
    branch: { from: { addresses: ['10.1.0.0/16'] } },
    never: { user: 'never' },
  })
  t.equal(byOrigin({}), 'branch')
  t.equal(await logIn('whoever', {}, 'whatever', 'ANNEX'), 'annex')
  t.equal(await logIn('whoever', {}, 'whatever'), 'branch')
  t.same(verified, [], 'none of these needs a password')
  t.equal(await logIn('staff'), 'staff')
  t.equal(await logIn('staff', {}, 'wrong'), 'branch', 'as without the log-in')
  t.equal(await logIn('never'), 'branch', 'a rule above needs no password')
  t.equal(await logIn('never', { address: '10.9.9.9' }), 'never')
})

t.test('a user that is unknown takes as long as a wrong password', async (t) => {
  const { logIn, verified } = makeTerminals({ hall: { user: 'kiosk' } })
  t.equal(await logIn('nobody'), 'user-unknown')
  t.equal(await logIn('kiosk', {}, 'wrong'), 'password-wrong')
  t.equal(verified.length, 2)
})

t.test('rules with one user and different passwords', async (t) => {
  const { logIn, verified } = makeTerminals({
    old: { user: 'kiosk', password: 'old' },
    new: { user: 'kiosk', password: 'new' },
  })
  t.equal(await logIn('kiosk', {}, 'new'), 'new')
  t.equal(await logIn('kiosk', {}, 'old'), 'old')
  const { length } = verified
  t.equal(await logIn('kiosk', {}, 'new'), 'new')
  t.equal(verified.length, length, 'both are known by now')
})

const { loginThrottle } = configSchema.shape.limits.parse({})

t.test('a flood of guesses is slowed down, and locks nobody out', async (t) => {
  const throttle = new LoginThrottle({ ...loginThrottle, wrongPerUser: 3, maxDelayMs: 20 }, () => 0)
  const { logIn, verified } = makeTerminals({ hall: { user: 'kiosk' }, annex: { user: 'annex' } }, throttle)
  t.equal(await logIn('kiosk', { address: '10.1.0.1' }), 'hall', 'at home at one address')
  for (const address of ['10.1.0.1', '10.6.6.6']) {
    for (let count = 0; count < 3; count += 1) t.equal(await logIn('kiosk', { address }, `${count}`), 'password-wrong')
  }
  const { length } = verified
  const guesses = Array.from({ length: 10 }, (_, guess) => logIn('kiosk', { address: '10.6.6.6' }, `more ${guess}`))
  t.equal((await Promise.all(guesses)).filter((reason) => reason === 'throttled').length, 9)
  t.equal(verified.length, length + 1, 'the others were not looked at')
  t.equal(await logIn('kiosk', { address: '10.1.0.1' }), 'hall', 'where it is at home it passes at once')
  t.equal(verified.length, length + 1)
  t.equal(await logIn('annex', { address: '10.6.6.6' }), 'annex', 'another user of the address passes')
  t.equal(await logIn('kiosk', { address: '10.6.6.6' }), 'hall', 'and so does the right one, in its turn')
  const storm = Array.from({ length: 10 }, () => logIn('kiosk', { address: '10.6.6.6' }))
  t.same(new Set(await Promise.all(storm)), new Set(['hall']), 'once one machine is in, its neighbours pass at once')
})

t.test('a check that nobody waits for, or that could not be made, decides nothing', async (t) => {
  const throttle = new LoginThrottle({ ...loginThrottle, wrongPerUser: 1, maxDelayMs: 20 }, () => 0)
  const { logIn, verified, setFree, abandon } = makeTerminals({ hall: { user: 'kiosk' } }, throttle)
  setFree(false)
  t.equal(await logIn('kiosk'), 'busy')
  setFree(true)
  t.equal(verified.length, 1)
  t.match(await abandon(), { terminal: undefined, reason: 'busy' })
  t.equal(verified.length, 1, 'not looked at')
  const both = await Promise.all([logIn('kiosk', {}, 'one'), logIn('kiosk', {}, 'two')])
  t.same(new Set(both), new Set(['password-wrong', 'throttled']), 'but counted: to hang up is no way around')
})

t.test('what was right before a change of the configuration still is, unless the password changed', async (t) => {
  const throttle = new LoginThrottle({ ...loginThrottle, wrongPerUser: 1, maxDelayMs: 20 }, () => 0)
  const right = new RightPasswords(10)
  const before = makeTerminals({ hall: { user: 'kiosk' } }, throttle, right)
  t.equal(await before.logIn('kiosk'), 'hall')
  const same = makeTerminals({ foyer: { user: 'kiosk' } }, throttle, right)
  t.equal(await same.logIn('kiosk'), 'foyer')
  t.same(same.verified, [], 'at once')
  const changed = makeTerminals({ hall: { user: 'kiosk', password: 'new' } }, throttle, right)
  t.equal(await changed.logIn('kiosk'), 'password-wrong')
  t.same(changed.verified, ['new'])
})

t.test('a check is charged to the whole network of an IPv6 machine', async (t) => {
  const { from, logIn } = makeTerminals({ hall: { user: 'kiosk' } })
  for (const address of ['2001:db8::1', '2001:db8::2']) {
    await logIn('kiosk', { address }, 'wrong')
    await logIn('nobody', { address })
  }
  t.equal(from.size, 1)
})

t.test('few right passwords are remembered', async (t) => {
  const right = new RightPasswords(2)
  for (const hash of ['a', 'b', 'c']) right.remember('secret', hash)
  t.same(
    ['a', 'b', 'c'].map((hash) => [right.isKnown(hash), right.isRight('secret', hash), right.isRight('other', hash)]),
    [
      [false, undefined, undefined],
      [true, true, false],
      [true, true, false],
    ],
  )
})

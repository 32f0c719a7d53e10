import t from 'tap'
import type { LogCode } from '../../src/runtime/codes.ts'
import {
  defaultMaskers,
  type Facts,
  type LogDropEvent,
  type LogOptions,
  logDropChannel,
  type MaskerName,
  type Maskers,
  makeLog,
} from '../../src/runtime/log.ts'

function capture(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const log = makeLog({
    level: 'debug',
    pretty: 'never',
    destination: { write: (line) => void lines.push(line) },
    ...options,
  })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> }
}

/** As hostile code would call it: the types are no wall at run time. */
const loose = (facts: Record<string, unknown>): Facts => facts as Facts

t.test('a line has time, level, code, sentence and its facts', async (t) => {
  const { log, last } = capture()
  log.info('SIP2_MESSAGE', { messageId: 'a1b2c3d4', machine: 'kiosk-1', kind: '11', result: 'done', durationMs: 1.5 })
  const { time, ...line } = last()
  t.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.same(line, {
    level: 'info',
    code: 'SIP2_MESSAGE',
    msg: 'A request of a machine was answered.',
    messageId: 'a1b2c3d4',
    machine: 'kiosk-1',
    kind: '11',
    result: 'done',
    durationMs: 1.5,
  })
})

t.test('the level holds back what is less severe', async (t) => {
  const { log, lines } = capture({ level: 'warn' })
  log.debug('ALMA_CALL')
  log.info('SIP2_MESSAGE')
  log.warn('ALMA_CALL_FAILED')
  log.error('INTERNAL_ERROR')
  t.equal(lines.length, 2)
})

t.test('codes of Alma and of the transport', async (t) => {
  const { log, last } = capture()
  for (const almaCode of ['401664', 'PER_SECOND_THRESHOLD', 'ECONNRESET', 'UND_ERR_HEADERS_TIMEOUT']) {
    log.warn('ALMA_CALL_FAILED', { almaCode, status: 400 })
    t.match(last(), { almaCode, status: 400 })
  }
})

t.test('a child carries its facts, and the event may say more', async (t) => {
  const { log, last } = capture()
  log
    .child({ machine: 'kiosk-1', peer: '10.0.0.1' })
    .child({ messageId: 'abcd1234' })
    .warn('LOGIN_REFUSED', { peer: '::1' })
  t.match(last(), { machine: 'kiosk-1', peer: '::1', messageId: 'abcd1234' })
})

t.test('an error gives class, code and place, and its causes alike, but no message', async (t) => {
  const { log, last, lines } = capture()
  const cause = Object.assign(new RangeError('user canary-cause'), { code: 'ECONNRESET' })
  const siblings = new AggregateError([new TypeError('canary-sibling')], 'canary-aggregate')
  log.error('INTERNAL_ERROR', {}, new Error('patron canary-outer', { cause }))
  t.match(last()['error'], { class: 'Error', cause: { class: 'RangeError', code: 'ECONNRESET' } })
  t.match((last()['error'] as { at: string[] }).at[0], /^test\/runtime\/log\.test\.ts:\d+$/)
  log.error('INTERNAL_ERROR', {}, siblings)
  t.match(last()['error'], { class: 'AggregateError', errors: [{ class: 'TypeError' }] })
  log.error('INTERNAL_ERROR', {}, 'canary-thrown text')
  t.same(last()['error'], { class: 'string' })
  t.notMatch(lines.join(), /canary/)
})

t.test('a message that looks like a stack frame is not taken for one', async (t) => {
  const { log, lines } = capture()
  const error = new Error('first\n    at canary (/canary/canary.ts:1:1)')
  log.error('INTERNAL_ERROR', {}, error)
  error.message = 'changed later'
  log.error('INTERNAL_ERROR', {}, error)
  t.notMatch(lines.join(), /canary/)
})

t.test('a cause that is its own cause ends', async (t) => {
  const { log, lines } = capture()
  const error = new Error('x')
  error.cause = error
  log.error('INTERNAL_ERROR', {}, error)
  t.equal(lines.length, 1)
})

t.test('what is not of its kind is dropped, counted and told to whoever listens', async (t) => {
  const { log, last } = capture()
  const dropped: LogDropEvent[] = []
  const listen = (event: unknown): void => void dropped.push(event as LogDropEvent)
  logDropChannel.subscribe(listen)
  t.teardown(() => logDropChannel.unsubscribe(listen))
  log.info(
    'SIP2_MESSAGE',
    loose({ kind: 'x', count: '3', tls: 'yes', peer: 'host.example', patron: 'canary', port: Number.NaN }),
  )
  t.equal(last()['dropped'], 6)
  t.same(
    dropped.map(({ fact }) => fact),
    ['kind', 'count', 'tls', 'peer', 'unnamed', 'port'],
  )
})

t.test('a value that pino would serialise by itself never gets there', async (t) => {
  const { log, lines } = capture()
  const sly = { toJSON: () => 'canary', toString: () => 'canary' }
  log.info(
    'SIP2_MESSAGE',
    loose({ machine: sly, count: sly, file: sly, err: new Error('canary'), msg: 'canary', level: 'canary' }),
  )
  log.info('SIP2_MESSAGE', loose(Object.assign(Object.create({ patron: 'canary' }), { __proto__: 'canary' })))
  t.notMatch(lines.join(), /canary/)
})

t.test('parts of a path that are not known are masked', async (t) => {
  const { log, last } = capture()
  log.debug('ALMA_CALL', { template: '/users/{user_id}/loans' })
  t.equal(last()['template'], '/users/{user_id}/loans')
  log.debug('ALMA_CALL', { template: '/almaws/v1/users/jsmith/loans/23?password=x' })
  t.equal(last()['template'], '/almaws/v1/users/{}/loans/{}')
})

class CanaryError extends Error {}
Object.defineProperty(CanaryError, 'name', { value: 'canary class' })

/** For each masker a fact, an error or a code that only it holds back. */
const canaries: Record<MaskerName, { facts?: Record<string, unknown>; error?: Error; code?: string }> = {
  number: { facts: { count: 'canary' } },
  flag: { facts: { tls: 'canary' } },
  messageId: { facts: { messageId: 'canary, Jane' } },
  configName: { facts: { machine: 'canary, Jane' } },
  reason: { facts: { reason: 'canary' } },
  result: { facts: { result: 'canary' } },
  protocol: { facts: { protocol: 'canary' } },
  priority: { facts: { priority: 'canary' } },
  change: { facts: { change: 'canary' } },
  messageKind: { facts: { kind: 'canary' } },
  warning: { facts: { warning: 'canary' } },
  errorCode: { facts: { almaCode: 'canary' } },
  trackingId: { facts: { trackingId: 'canary' } },
  template: { facts: { template: '/users/canary' } },
  httpMethod: { facts: { method: 'canary' } },
  address: { facts: { peer: 'canary' } },
  file: { facts: { file: '/home/canary/x.yaml' } },
  setting: { facts: { setting: 'canary' } },
  version: { facts: { version: 'canary' } },
  unnamedFact: { facts: { surprise: 'canary' } },
  logCode: { code: 'canary' },
  errorClass: { error: new CanaryError('x') },
  thrownCode: { error: Object.assign(new Error('x'), { code: 'canary' }) },
  errorStack: { error: new Error('canary') },
}

t.test('every masker is needed: its canary passes when it is taken out', async (t) => {
  for (const name of Object.keys(defaultMaskers) as MaskerName[]) {
    const { facts = {}, error, code = 'INTERNAL_ERROR' } = canaries[name]
    const write = (maskers: Maskers): string => {
      const { log, lines } = capture({ maskers })
      log.info(code as LogCode, loose(facts), error)
      return lines.join()
    }
    t.notMatch(write(defaultMaskers), /canary/, `${name} holds its canary back`)
    t.match(write({ ...defaultMaskers, [name]: (value: unknown) => value }), /canary/, `and without ${name} it shows`)
  }
})

t.test('readable lines', async (t) => {
  const { log, lines } = capture({ pretty: 'always' })
  log.warn('LOGIN_REFUSED', { machine: 'kiosk-1' }, new TypeError('canary'))
  t.match(
    lines[0],
    /^\d\d:\d\d:\d\d\.\d{3} WARN {2}A log-in was refused.* LOGIN_REFUSED machine=kiosk-1 error=\{"class":"TypeError"/,
  )
  t.notMatch(lines[0], /canary|\u001b/)
})

t.test('facts given by a function are worked out for a line that is written, and masked', async (t) => {
  const { log, lines, last } = capture({ level: 'info' })
  let asked = 0
  const facts = () => {
    asked += 1
    return loose({ kind: '11', patron: 'canary' })
  }
  log.debug('ALMA_CALL', facts)
  t.equal(asked, 0)
  log.info('SIP2_MESSAGE', facts)
  t.equal(asked, 1)
  t.match(last(), { kind: '11', dropped: 1 })
  t.notMatch(lines.join(''), /canary/)
})

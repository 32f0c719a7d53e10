/** What a listener writes about connections that it refuses. */
import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { configSchema, type Sip2ListenerConfig } from '../../src/runtime/config/schema.ts'
import { makeLog } from '../../src/runtime/log.ts'
import { Sip2Listener } from '../../src/sip2/listener.ts'

const readListener = (given: object): Sip2ListenerConfig => {
  const [listener] = configSchema.shape.listeners.parse({ sip2: [{ name: 'hall', port: 0, ...given }] }).sip2
  if (!listener) throw new Error('there is one')
  return listener
}

t.test('a flood of refused connections fills no disk', async (t) => {
  let now = 0
  const lines: string[] = []
  const log = makeLog({ level: 'info', pretty: 'never', destination: { write: (line) => lines.push(line) } })
  const listener = new Sip2Listener(readListener({ address: '127.0.0.1', allowFrom: ['10.0.0.0/8'] }), {
    log,
    clock: { monotonic: () => now },
  } as never)
  await listener.start()
  t.teardown(() => listener.drain(AbortSignal.abort()))
  const beRefused = async () => {
    const socket = connect(listener.address.port, '127.0.0.1').on('error', () => {})
    await once(socket.resume(), 'close')
  }
  const refusals = () => lines.filter((line) => line.includes('CONNECTION_REFUSED'))
  for (let count = 0; count < 50; count += 1) await beRefused()
  t.equal(refusals().length, 20)
  t.match(JSON.parse(refusals()[0] ?? ''), { reason: 'address-not-allowed', peer: '127.0.0.1', listener: 'hall' })
  now = 1000
  await beRefused()
  t.match(JSON.parse(refusals().at(-1) ?? ''), { count: 30 }, 'what was left out is counted')
})

t.test('a listener without TLS has nothing to reload', async (t) => {
  const listener = new Sip2Listener(readListener({}), { log: makeLog({ level: 'error' }), clock: {} } as never)
  t.equal(await listener.reload(), 'unchanged')
  t.equal(listener.secure, false)
})

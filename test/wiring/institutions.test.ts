/** What waits for an institution that was taken out of the configuration. */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { ConfigInput } from '../../src/runtime/config/schema.ts'
import { makeLog } from '../../src/runtime/log.ts'
import { makePasswords } from '../../src/runtime/password.ts'
import { type BaseConfig, passwords, readConfig, startBridge } from '../helpers/bridge.ts'
import { writeJournal } from '../journal/journal-rows.ts'
import { keyA } from '../journal/sqlite-file.ts'

const fast = { memory: 64, passes: 1, parallelism: 1 }
const KIOSK_HASH = await makePasswords({ concurrency: 1 }).hash(passwords.kiosk, fast)

/** A bridge over a journal in which changes of `west` wait. */
async function start(t: Test, edit: (config: BaseConfig) => ConfigInput) {
  const file = `${t.testdir({})}/journal.db`
  writeJournal(file, [
    { id: 'm1-1', state: 'queued', kind: 'checkin', institution: 'west' },
    { id: 'm1-2', state: 'exception', institution: 'west' },
    { id: 'm1-3', state: 'exception', institution: 'demo' },
    { id: 'm1-4', state: 'done', institution: 'north' },
  ])
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const env = { JOURNAL_KEY: keyA.secret.toString('base64') }
  const withJournal = (config: ConfigInput) => ({
    ...config,
    journal: { sqlite: { file, keys: [{ id: 'a', secret: 'env:JOURNAL_KEY' }] } },
  })
  const bases: BaseConfig[] = []
  const bridge = await startBridge(t, {
    env,
    log: makeLog({ level: 'info', pretty: 'never', destination }),
    config: (base) => {
      bases.push(base)
      return withJournal(edit(base))
    },
  })
  return {
    bridge,
    file,
    told: () => lines.filter(({ code }) => code === 'JOURNAL_INSTITUTION_MISSING'),
    leftBehind: async (): Promise<readonly unknown[]> => JSON.parse((await bridge.get('/readyz')).text).leftBehind,
    /** Back to what every test bridge has. */
    reload: () => {
      const more = { TLS_CERTIFICATE: 'stays', TLS_KEY: 'stays', KIOSK_HASH, BROKER_KEY: 'b', DEPOT_KEY: 'd' }
      for (const base of bases) {
        bridge.bridge.reload(readConfig(withJournal(base), { ALMA_KEY: bridge.alma.apiKey, ...more, ...env }))
      }
    },
  }
}

const changes = { queued: 1, unsettled: 0, exceptions: 1 }

t.test('it is told at the start, counted until it is settled, and makes nothing unready', async (t) => {
  const { bridge, file, told, leftBehind } = await start(t, (base) => base)
  t.match(told(), [{ level: 'warn', institution: 'west', ...changes }])
  t.equal((await bridge.get('/readyz')).status, 200)
  t.same(await leftBehind(), [{ id: 'west', changes }])
  t.match((await bridge.get('/metrics')).text, /circbridge_waiting_changes\{institution="west",state="exceptions"\} 1/)

  const person = new DatabaseSync(file)
  person.exec("UPDATE changes SET state = 'discarded' WHERE institution = 'west'")
  person.close()
  while ((await leftBehind()).length > 0) await sleep(50)
  const { text } = await bridge.get('/metrics')
  t.notMatch(text, /institution="west"/)
  t.match(text, /circbridge_waiting_changes\{institution="demo",state="exceptions"\} 1/)
})

t.test('it is told when a reload takes it out', async (t) => {
  const { told, leftBehind, reload } = await start(t, (base) => {
    const [demo] = base.institutions
    const west = { ...demo, id: 'west', agency: '01DEMO_WEST', alma: { ...demo.alma, baseUrl: 'http://127.0.0.1:1' } }
    return { ...base, institutions: [demo, west] }
  })
  t.same(told(), [])
  t.same(await leftBehind(), [])
  reload()
  t.match(told(), [{ institution: 'west', exceptions: 1 }])
  t.match(await leftBehind(), [{ id: 'west' }])
})

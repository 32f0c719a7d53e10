import t from 'tap'
import { makePasswords } from '../../src/runtime/password.ts'
import { cards, sampleKiosk, startBridge } from '../helpers/bridge.ts'
import { appendChecksum } from '../helpers/checksum.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

t.test('a log-in is read with the delimiter and the charset of the terminal that it names', async (t) => {
  const password = 'Schlüssel'
  const passwordHash = await makePasswords({ concurrency: 1 }).hash(password, { memory: 64, passes: 1, parallelism: 1 })
  const login = { user: 'south', passwordHash: 'env:SOUTH_HASH' }
  const bridge = await startBridge(t, {
    env: { SOUTH_HASH: passwordHash },
    config: (base) => ({
      ...base,
      profiles: { ...base.profiles, south: { delimiter: '^', charset: 'windows-1252' } },
      terminals: [sampleKiosk, { ...sampleKiosk, name: 'south', login, profile: 'south' }],
    }),
  })
  const toSouth = (line: string) => `${appendChecksum(line.replaceAll('|', '^'))}\r`
  const south = await bridge.connect()
  south.write(toSouth(sip2.login('south', password)))
  t.match(await south.line(), /^941/)
  south.write(toSouth(sip2.patronStatus(cards.jonas)))
  t.match(await south.line(), /^24.*\^AA/)

  const stranger = await bridge.connect()
  stranger.write(toSouth(sip2.login('nobody', password)))
  t.match(await stranger.line(), /^940/)
  t.equal((await (await bridge.logIn()).ask(sip2.patronStatus(cards.jonas))).code, '24', 'the other goes on as before')
})

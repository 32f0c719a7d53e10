import t from 'tap'
import { makePasswords } from '../../src/runtime/password.ts'
import { cards, sampleKiosk, startBridge } from '../helpers/bridge.ts'
import { appendChecksum } from '../helpers/checksum.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

t.test('what a stranger is answered does not tell which users exist', async (t) => {
  const bridge = await startBridge(t, {
    config: (base) => ({
      ...base,
      limits: { loginThrottle: { wrongPerUser: 1000, wrongPerAddress: 1000 } },
      profiles: {
        ...base.profiles,
        never: { errorDetection: 'never' },
        strict: { checksumLenient: false, charset: 'utf-8' },
        caret: { delimiter: '^' },
      },
      terminals: ['kiosk', 'never', 'strict', 'caret'].map((user) => ({
        ...sampleKiosk,
        name: user,
        login: { ...sampleKiosk.login, user },
        profile: user === 'kiosk' ? 'plain' : user,
      })),
    }),
  })
  const tails = ['', 'AY1AZ0000', 'AZ0000', 'AY1AZ0000|', 'AY2AZ0000^', 'AZ0000^']
  const lines = tails.flatMap((tail) =>
    ['|', '^'].map((delimiter) => (user: string) => `9300CN${user}${delimiter}COwrong${delimiter}${tail}`),
  )
  const right = ['|', '^'].map(
    (delimiter) => (user: string) => appendChecksum(`9300CN${user}${delimiter}COno${delimiter}`),
  )
  for (const line of [...lines, ...right]) {
    const answers = new Set<string>()
    for (const [index, user] of ['nobody', 'kiosk', 'never', 'strict', 'caret'].entries()) {
      const kiosk = await bridge.connect({ listener: 'tcp', localAddress: `127.0.1.${index + 1}` })
      kiosk.write(`${line(user)}\r`)
      answers.add((await kiosk.line()) ?? '')
      kiosk.destroy()
    }
    t.equal(answers.size, 1, `${line('*')}: ${[...answers].join()}`)
  }
})

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

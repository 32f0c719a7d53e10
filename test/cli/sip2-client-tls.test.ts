import { generate } from 'selfsigned'
import t from 'tap'
import { Sip2Client } from '../../src/cli/sip2-client.ts'
import { answerTo, failureOf, hangUp, startScriptedServer } from './scripted-sip2-server.ts'

t.test('TLS: a certificate is trusted when it is named, or when nobody minds', async (t) => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  const server = await startScriptedServer((line) => answerTo(line, '941'), { tls: { cert, key } })
  t.teardown(() => server.close())
  const address = { host: '127.0.0.1', port: server.port }

  t.match(await failureOf(Sip2Client.connect({ ...address, tls: {} })), {
    kind: 'unreachable',
    message: /signed by itself/,
  })
  for (const tls of [{ ca: cert }, { insecure: true }]) {
    const client = await Sip2Client.connect({ ...address, tls })
    t.equal((await client.login('kiosk', 'x')).reply.code, '94')
    await client.close()
  }
})

t.test('TLS to a server under a name that its certificate has not', async (t) => {
  const altNames = ['bridge.example.org', 'kiosks.example.org'].map((value) => ({ type: 2, value }) as const)
  const extensions = [{ name: 'subjectAltName', altNames }] as const
  const { cert, private: key } = await generate(undefined, { keyType: 'ec', extensions: [...extensions] })
  const server = await startScriptedServer((line) => answerTo(line, '941'), { tls: { cert, key } })
  t.teardown(() => server.close())
  t.match(await failureOf(Sip2Client.connect({ host: '127.0.0.1', port: server.port, tls: { ca: cert } })), {
    message: 'its certificate is for another name: bridge.example.org, kiosks.example.org',
  })
})

t.test('a server that hangs up without a word, as one with TLS does', async (t) => {
  const server = await startScriptedServer(() => hangUp)
  t.teardown(() => server.close())
  const client = await Sip2Client.connect({ host: '127.0.0.1', port: server.port })
  t.match(await failureOf(client.login('kiosk', 'x')), { kind: 'closed', message: /add --tls/ })
  await client.close()
})

t.test('TLS to a server that speaks none', async (t) => {
  const server = await startScriptedServer(() => hangUp)
  t.teardown(() => server.close())
  const connecting = Sip2Client.connect({ host: '127.0.0.1', port: server.port, tls: {}, timeoutMs: 300 })
  t.match(await failureOf(connecting), { kind: 'unreachable' })
})

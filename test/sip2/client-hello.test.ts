import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { receiveClientHello } from '../../src/sip2/client-hello.ts'

const record = Buffer.concat([Buffer.from([0x16, 3, 1, 1, 0]), Buffer.alloc(256, 7)])

async function pair(t: Test): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const far = connect((server.address() as { port: number }).port, '127.0.0.1')
  const [near] = (await once(server, 'connection')) as [Socket]
  t.teardown(() => {
    for (const one of [near, far]) one.destroy()
    server.close()
  })
  for (const one of [near, far]) one.on('error', () => {})
  return { near, far }
}

t.test('a whole record is waited for, and left for the next reader', async (t) => {
  const { near, far } = await pair(t)
  let begun: boolean | undefined
  const received = receiveClientHello(near).then((is) => (begun = is))
  for (const part of [
    record.subarray(0, 1),
    record.subarray(1, 4),
    record.subarray(4, 100),
    record.subarray(100, -1),
  ]) {
    far.write(part)
    await new Promise((resolve) => setTimeout(resolve, 5))
    t.equal(begun, undefined)
  }
  far.write(Buffer.concat([record.subarray(-1), Buffer.from('more')]))
  t.equal(await received, true)
  const whole: Buffer[] = []
  for await (const chunk of near) {
    whole.push(chunk as Buffer)
    if (Buffer.concat(whole).length >= record.length + 4) break
  }
  t.same(Buffer.concat(whole), Buffer.concat([record, Buffer.from('more')]))
})

t.test('what is no record is not waited for', async (t) => {
  for (const bytes of [Buffer.from('9900802.00\r'), Buffer.from([0x16, 3, 1, 0xff, 0xff])]) {
    const { near, far } = await pair(t)
    far.write(bytes)
    t.equal(await receiveClientHello(near), true)
  }
})

t.test('who leaves before has begun nothing', async (t) => {
  for (const bytes of ['', '\x16', '\x16\x03\x01\x01\x00', record.subarray(0, 50)]) {
    const { near, far } = await pair(t)
    far.end(bytes)
    t.equal(await receiveClientHello(near), false)
  }
  const { near } = await pair(t)
  const received = receiveClientHello(near)
  near.destroy()
  t.equal(await received, false)
})

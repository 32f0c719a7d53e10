import fastify from 'fastify'
import t, { type Test } from 'tap'
import { healthRoutes, type Readiness } from '../../src/admin/health.ts'

const ready: Readiness = {
  stopping: false,
  institutions: [{ id: 'demo', online: true, changes: { queued: 3, unsettled: 1, exceptions: 2 } }],
  leftBehind: [],
  listeners: [{ name: 'hall', listening: true }],
}

async function ask(t: Test, path: string, readiness: Readiness) {
  const app = fastify()
  t.teardown(() => app.close())
  await app.register(healthRoutes, { readiness: () => readiness })
  const answer = await app.inject(path)
  return { status: answer.statusCode, body: answer.json() as Record<string, unknown>, headers: answer.headers }
}

t.test('alive whatever the readiness', async (t) => {
  const answer = await ask(t, '/healthz', { ...ready, stopping: true })
  t.equal(answer.status, 200)
  t.same(answer.body, { status: 'alive' })
})

t.test('ready when all is well, whatever waits', async (t) => {
  const answer = await ask(t, '/readyz', ready)
  t.equal(answer.status, 200)
  t.same(answer.body, { status: 'ready', ...ready })
  t.equal(answer.headers['cache-control'], 'no-store')
})

const changes = { queued: 0, unsettled: 0, exceptions: 0 }
const notReady: Record<string, Readiness> = {
  'an institution is off line': {
    ...ready,
    institutions: [...ready.institutions, { id: 'two', online: false, changes }],
  },
  'a listener does not listen': { ...ready, listeners: [{ name: 'hall', listening: false }] },
  'the process stops': { ...ready, stopping: true },
}

for (const [name, state] of Object.entries(notReady)) {
  t.test(`not ready while ${name}`, async (t) => {
    const answer = await ask(t, '/readyz', state)
    t.equal(answer.status, 503)
    t.same(answer.body, { status: 'not-ready', ...state })
  })
}

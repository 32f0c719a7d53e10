import fastify from 'fastify'
import t from 'tap'
import { metricsRoutes } from '../../src/admin/metrics.ts'
import { availabilityChannel } from '../../src/runtime/diagnostics.ts'
import { makeMetrics } from '../../src/runtime/metrics.ts'

t.test('the metrics in the text form of Prometheus', async (t) => {
  const metrics = makeMetrics()
  const app = fastify()
  t.teardown(async () => {
    await app.close()
    metrics.close()
  })
  await app.register(metricsRoutes, metrics)
  availabilityChannel.publish({ institution: 'demo', online: true })
  const answer = await app.inject('/metrics')
  t.equal(answer.statusCode, 200)
  t.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/)
  t.match(answer.body, /^circbridge_alma_online\{institution="demo"\} 1$/m)
})

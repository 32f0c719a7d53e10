import type { FastifyInstance } from 'fastify'

export interface MetricsRouteOptions {
  readonly contentType: string
  readonly render: () => Promise<string>
}

/** `GET /metrics`: the metrics in the text form of Prometheus. */
export function metricsRoutes(
  app: FastifyInstance,
  { contentType, render }: MetricsRouteOptions,
  done: () => void,
): void {
  app.get('/metrics', async (_request, reply) => reply.type(contentType).send(await render()))
  done()
}

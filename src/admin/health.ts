/** Health for supervisors and load balancers. Both routes answer without a call to Alma. */
import type { FastifyInstance } from 'fastify'

export interface InstitutionReadiness {
  readonly id: string
  readonly online: boolean
  /** How many changes wait for Alma or for a look whether Alma has them, and how many for a person. */
  readonly changes: { readonly queued: number; readonly unsettled: number; readonly exceptions: number }
}

export interface Readiness {
  /** True when the process was told to stop. */
  readonly stopping: boolean
  readonly institutions: readonly InstitutionReadiness[]
  /** Institutions that the configuration does not have, and for which something waits all the same. */
  readonly leftBehind: readonly Pick<InstitutionReadiness, 'id' | 'changes'>[]
  readonly listeners: readonly { readonly name: string; readonly listening: boolean }[]
}

export interface HealthOptions {
  readonly readiness: () => Readiness
}

/**
 * `GET /healthz`: 200 while the process is alive. `GET /readyz`: 200 when every listener listens and every
 * institution's Alma can be reached, else 503, with the state of each. Changes that wait make nothing unready.
 */
export function healthRoutes(app: FastifyInstance, { readiness }: HealthOptions, done: () => void): void {
  app.get('/healthz', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'alive' }))

  app.get('/readyz', (_request, reply) => {
    const state = readiness()
    const ready =
      !state.stopping &&
      state.institutions.every(({ online }) => online) &&
      state.listeners.every(({ listening }) => listening)
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'not-ready', ...state })
  })
  done()
}

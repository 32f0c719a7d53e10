import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { type Readiness, healthRoutes } from '../admin/health.ts'
import { metricsRoutes } from '../admin/metrics.ts'
import { type NcipPluginOptions, ncipPlugin } from '../ncip/plugin.ts'
import type { HttpListenerConfig } from '../runtime/config/schema.ts'
import type { Part } from '../runtime/lifecycle.ts'
import type { Log } from '../runtime/log.ts'
import type { Metrics } from '../runtime/metrics.ts'

export interface HttpListenerParts {
  readonly ncip: NcipPluginOptions
  readonly metrics: Metrics
  readonly log: Log
  readiness(): Readiness
}

/** The HTTP port: NCIP, health and metrics. */
export class HttpListener implements Part {
  readonly name = 'http'
  readonly #app: FastifyInstance
  readonly #config: HttpListenerConfig
  readonly #log: Log

  constructor(config: HttpListenerConfig, parts: HttpListenerParts) {
    const { maxBodyBytes, maxConnections, requestTimeoutMs, keepAliveTimeoutMs, trustedProxies } = config
    this.#config = config
    this.#log = parts.log.child({ listener: 'http', protocol: 'http' })
    this.#app = fastify({
      bodyLimit: maxBodyBytes,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      forceCloseConnections: 'idle',
      routerOptions: { ignoreTrailingSlash: true },
      // Peers that send slowly are looked for this often.
      http: { connectionsCheckingInterval: Math.min(5000, requestTimeoutMs) },
      trustProxy: trustedProxies.length > 0 ? trustedProxies : false,
    })
    this.#app.server.maxConnections = maxConnections
    this.#app.register(healthRoutes, { readiness: parts.readiness })
    this.#app.register(metricsRoutes, parts.metrics)
    this.#app.register(ncipPlugin, parts.ncip)
  }

  get listening(): boolean {
    return this.#app.server.listening
  }

  get address(): AddressInfo {
    return this.#app.server.address() as AddressInfo
  }

  async start(): Promise<void> {
    await this.#app.listen({ host: this.#config.address, port: this.#config.port })
    this.#log.info('LISTENER_STARTED', { port: this.address.port })
  }

  /** Takes no more requests and waits for those under way. */
  async drain(): Promise<void> {
    await this.#app.close()
    this.#log.info('LISTENER_STOPPED')
  }
}

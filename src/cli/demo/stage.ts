/** Everything that the demonstration needs, running: simulated Alma, certificate, bridge. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AlmaSimulator, startAlmaSimulator } from '../../../simulators/alma/simulator.ts'
import type { ExitCode } from '../../runtime/exit-codes.ts'
import { Lifecycle, type Part } from '../../runtime/lifecycle.ts'
import { makeLog, silentLog } from '../../runtime/log.ts'
import { Bridge } from '../../server.ts'
import { makeCertificate } from './certificate.ts'
import { type DemoPorts, listenerNames, makeDemoConfig } from './config.ts'
import { makeLookupUser } from './ncip-messages.ts'

export interface StagePorts extends DemoPorts {
  readonly alma: number
}

/** Where everything is, once the stage is up. */
export interface Addresses {
  readonly sip2: { readonly host: string; readonly port: number }
  readonly sip2Tls: { readonly host: string; readonly port: number }
  /** `http://127.0.0.1:8080`, without a path. */
  readonly http: string
  /** `http://127.0.0.1:8090`, without a path. */
  readonly alma: string
  readonly almaApiKey: string
  /** PEM of the certificate that machines must trust. */
  readonly certificateFile: string
  /** A message that a partner could post. */
  readonly ncipFile: string
}

const host = '127.0.0.1'
const drainMs = 2000

/** Name of the simulator among the parts, which a start that fails names. */
export const almaPart = 'alma'

export class Stage {
  readonly #ports: StagePorts
  readonly #lifecycle = new Lifecycle({ log: silentLog, drainMs })
  #simulator: AlmaSimulator | undefined
  #bridge: Bridge | undefined
  #folder: string | undefined
  #certificate = ''
  #up = false

  constructor(ports: StagePorts) {
    this.#ports = ports
  }

  /** Rejects with a `StartError`; its innermost part is the listener that could not start. */
  async start(): Promise<void> {
    await this.#lifecycle.start([this.#almaPart(), this.#filesPart(), this.#bridgePart()])
    this.#up = true
  }

  stop(): Promise<ExitCode> {
    return this.#lifecycle.stop()
  }

  get simulator(): AlmaSimulator {
    return needed(this.#simulator)
  }

  /** PEM. */
  get certificate(): string {
    return this.#certificate
  }

  get addresses(): Addresses {
    const { sip2, http } = needed(this.#bridge).addresses
    const portOf = (name: string) => needed(sip2.find((listener) => listener.name === name)).address.port
    const { url: alma, apiKey: almaApiKey } = this.simulator
    return {
      sip2: { host, port: portOf(listenerNames.sip2) },
      sip2Tls: { host, port: portOf(listenerNames.sip2Tls) },
      http: `http://${host}:${http.port}`,
      alma,
      almaApiKey,
      certificateFile: this.#file('certificate.pem'),
      ncipFile: this.#file('lookup-user.xml'),
    }
  }

  /** Without a limit of calls per second, which a script reaches sooner than patrons do. */
  #almaPart(): Part {
    return {
      name: almaPart,
      start: async () => {
        this.#simulator = await startAlmaSimulator({ host, port: this.#ports.alma, perSecond: 'none' })
      },
      stop: () => this.#simulator?.close(),
    }
  }

  #filesPart(): Part {
    return {
      name: 'files',
      start: async () => {
        this.#folder = await mkdtemp(join(tmpdir(), 'circbridge-demo-'))
        await writeFile(this.#file('lookup-user.xml'), makeLookupUser())
      },
      stop: () => (this.#folder === undefined ? undefined : rm(this.#folder, { recursive: true, force: true })),
    }
  }

  #bridgePart(): Part {
    return {
      name: 'bridge',
      start: async () => {
        const certificate = await makeCertificate()
        this.#certificate = certificate.certificate
        await writeFile(this.#file('certificate.pem'), certificate.certificate)
        const { url: almaUrl, apiKey: almaApiKey } = this.simulator
        const config = await makeDemoConfig({ ports: this.#ports, almaUrl, almaApiKey, certificate })
        this.#bridge = new Bridge(config, makeLog({ level: 'error', pretty: 'always', destination: this.#errors }))
        await this.#bridge.start()
      },
      stop: async () => {
        await this.#bridge?.stop()
      },
    }
  }

  /** Why a start failed is told by whoever started it. */
  readonly #errors = {
    write: (line: string): void => {
      if (this.#up) process.stderr.write(line)
    },
  }

  #file(name: string): string {
    return join(needed(this.#folder), name)
  }
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the stage is not up')
  return value
}

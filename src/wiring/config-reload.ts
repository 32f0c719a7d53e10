import { differencesOf } from '../runtime/config/differences.ts'
import { type Fault, formatFaults } from '../runtime/config/fault.ts'
import { loadConfig } from '../runtime/config/load.ts'
import type { Config } from '../runtime/config/schema.ts'
import { FileWatch, secretFiles } from '../runtime/config/watch.ts'
import type { Log } from '../runtime/log.ts'

/** What a new configuration is put into. */
export interface Reloadable {
  readonly stopping: boolean
  /** Puts a configuration in use, wholly or, when it throws, not at all. */
  reload(config: Config): void
  reloadCertificates(): Promise<unknown>
}

export type ConfigReloadResult = 'changed' | 'unchanged' | 'invalid'

/** Parts of the configuration that are read when the process starts and never again. */
const fixedKeys = ['listeners', 'journal', 'log', 'limits'] as const
const fixedPaths = /^(listeners|journal|log|limits)\b|^ncip\.(path|deadlineMs)$|^institutions\[[^\]]*\]\.backlog\b/

/** Lines of one reload; a file that was exchanged as a whole fills no log. */
const mostLines = 50

/** Reads the configuration again when it is told to or when a file of it has changed. */
export class ConfigReload {
  readonly #file: string
  readonly #bridge: Reloadable
  readonly #log: Log
  readonly #tell: (faults: string) => void
  readonly #watch: FileWatch
  #config: Config
  #last: Promise<ConfigReloadResult> = Promise.resolve('unchanged')

  /** @param options.tell is told the faults of a file in sentences; the log gets line and key */
  constructor(options: {
    readonly file: string
    readonly config: Config
    readonly bridge: Reloadable
    readonly log: Log
    readonly tell: (faults: string) => void
  }) {
    this.#file = options.file
    this.#config = options.config
    this.#bridge = options.bridge
    this.#log = options.log
    this.#tell = options.tell
    this.#watch = new FileWatch({
      files: () => [this.#file, ...secretFiles(this.#config)],
      everyMs: options.config.limits.configWatchMs,
      changed: () => void this.reload(),
    })
  }

  /** Begins to look whether the files have changed. */
  async start(): Promise<void> {
    await this.#watch.start()
  }

  stop(): void {
    this.#watch.stop()
  }

  /** One at a time and in order. Never rejects. */
  reload(): Promise<ConfigReloadResult> {
    this.#last = this.#last.then(() => this.#reload())
    return this.#last
  }

  async #reload(): Promise<ConfigReloadResult> {
    if (this.#bridge.stopping) return 'unchanged'
    await this.#watch.settle()
    await this.#bridge.reloadCertificates()
    const loaded = loadConfig(this.#file)
    if (!loaded.ok) {
      this.#refuse(loaded.faults)
      return 'invalid'
    }
    const next = keepFixed(loaded.config, this.#config)
    const left = leftOut(this.#config, loaded.config)
    const changed = differencesOf(this.#config, next)
    try {
      if (changed.length > 0) this.#bridge.reload(next)
    } catch (error) {
      this.#log.error('CONFIG_REFUSED', {}, error)
      return 'invalid'
    }
    this.#config = next
    for (const setting of changed.slice(0, mostLines)) this.#log.info('CONFIG_CHANGED', { setting })
    for (const setting of left.slice(0, mostLines)) this.#log.warn('CONFIG_NEEDS_RESTART', { setting })
    this.#log.info(changed.length > 0 ? 'CONFIG_RELOADED' : 'CONFIG_UNCHANGED', { count: changed.length })
    return changed.length > 0 ? 'changed' : 'unchanged'
  }

  #refuse(faults: readonly Fault[]): void {
    for (const { line, path } of faults.slice(0, mostLines)) {
      this.#log.error('CONFIG_REFUSED', { line, ...(path !== '' && { setting: path }) })
    }
    this.#tell(`${formatFaults(faults)}\nThe configuration before stays in use.`)
  }
}

/** What differs and cannot change now. The contents of certificates can. */
function leftOut(before: Config, loaded: Config): readonly string[] {
  const { listeners, ...rest } = loaded
  const { listeners: were, ...others } = before
  const all = [...differencesOf({ listeners: were }, { listeners }, 'reference'), ...differencesOf(others, rest)]
  return all.filter((path) => fixedPaths.test(path))
}

/** The new configuration with what cannot change without a restart as it was. */
function keepFixed(next: Config, before: Config): Config {
  const fixed = Object.fromEntries(fixedKeys.map((key) => [key, before[key]])) as Pick<
    Config,
    (typeof fixedKeys)[number]
  >
  const backlogs = new Map(before.institutions.map(({ id, backlog }) => [id, backlog]))
  return {
    ...next,
    ...fixed,
    ncip: { ...next.ncip, path: before.ncip.path, deadlineMs: before.ncip.deadlineMs },
    institutions: next.institutions.map((one) => ({ ...one, backlog: backlogs.get(one.id) ?? one.backlog })),
  }
}

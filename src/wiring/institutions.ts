import { type AlmaSystem, createAlmaSystem } from '../alma/system.ts'
import { Backlog } from '../circulation/backlog.ts'
import type { Circulation } from '../circulation/circulation.ts'
import type { PasswordThrottle } from '../circulation/password-throttle.ts'
import type { Clock, Journal, JournalCounts } from '../circulation/ports.ts'
import { SeenPatrons } from '../circulation/seen-patrons.ts'
import type { LdapDirectory } from '../ldap/directory.ts'
import { differencesOf } from '../runtime/config/differences.ts'
import type { Config, InstitutionConfig } from '../runtime/config/schema.ts'
import { type AvailabilityEvent, availabilityChannel } from '../runtime/diagnostics.ts'
import type { Part } from '../runtime/lifecycle.ts'
import type { Log } from '../runtime/log.ts'
import { toAlmaConfig } from './alma-config.ts'
import { tellBacklog, toBacklogPart } from './backlog.ts'
import { makeDirectory } from './ldap.ts'

export interface Shared {
  readonly clock: Clock
  readonly journal: Journal
  readonly log: Log
  readonly pinThrottle: PasswordThrottle
}

/**
 * How long a call that was given up can still reach Alma. Seen: 1.5 s after the abort, over TCP and TLS.
 */
const settleMs = 1800

/** Longer than any request lasts: who began with the connections of before has ended by then. */
const retireMs = 120_000

/** Everything of an institution that its configuration decides. */
interface Generation {
  readonly config: InstitutionConfig
  readonly alma: AlmaSystem
  readonly directory: LdapDirectory | undefined
  readonly circulation: Circulation
}

/** One institution, ready to circulate. What was promised for it outlives a change of its configuration. */
export class Institution {
  readonly id: string
  readonly #shared: Shared
  readonly #backlog: Backlog
  readonly #backlogPart: Part
  readonly #seen: SeenPatrons
  readonly #retired = new Map<Generation, NodeJS.Timeout>()
  #now: Generation

  /** Throws when its API key or address is malformed. */
  constructor(config: InstitutionConfig, shared: Shared) {
    const { clock, journal, log } = shared
    this.id = config.id
    this.#shared = shared
    this.#seen = new SeenPatrons(() => clock.monotonic())
    this.#backlog = new Backlog(
      () => this.circulation,
      config.backlog,
      (event) => tellBacklog(event, journal.counts(this.id), log),
    )
    this.#backlogPart = toBacklogPart(`backlog.${this.id}`, this.#backlog)
    this.#now = this.prepare(config)
  }

  get circulation(): Circulation {
    return this.#now.circulation
  }

  get alma(): AlmaSystem {
    return this.#now.alma
  }

  isAs(config: InstitutionConfig): boolean {
    return differencesOf(this.#now.config, config).length === 0
  }

  /** What a changed configuration makes; nothing uses it before it is adopted. Throws as the constructor does. */
  prepare(config: InstitutionConfig): Generation {
    const { clock, journal, log, pinThrottle } = this.#shared
    const { loans, overdue, fees } = config.patronLimits
    const alma = createAlmaSystem(toAlmaConfig(config), { clock })
    const directory = makeDirectory(config, { clock, log })
    const circulation = {
      system: alma,
      clock,
      journal,
      settleMs,
      limits: { loans, overdue, fees },
      backlog: this.#backlog,
      seen: this.#seen,
      passwords: { directory, throttle: pinThrottle },
    }
    return { config, alma, directory, circulation }
  }

  /** Requests under way end with what they began with. */
  adopt(next: Generation): void {
    const before = this.#now
    this.#now = next
    this.#retired.set(before, setTimeout(() => void this.#retire(before), retireMs).unref())
    if (before.alma.availability.online() || !availabilityChannel.hasSubscribers) return
    // The new connections count as good until they fail, and say nothing before.
    availabilityChannel.publish({ institution: this.id, online: true } satisfies AvailabilityEvent)
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#backlogPart.start?.(signal)
  }

  async drain(signal: AbortSignal): Promise<void> {
    await this.#backlogPart.drain?.(signal)
  }

  async stop(): Promise<void> {
    const generations = [...this.#retired.keys(), this.#now]
    await Promise.all(generations.map((generation) => this.#retire(generation)))
  }

  async #retire(generation: Generation): Promise<void> {
    clearTimeout(this.#retired.get(generation))
    this.#retired.delete(generation)
    await generation.alma.close()
    generation.directory?.close()
  }
}

/** An institution that the configuration does not have, and what waits for it. */
export interface LeftBehind {
  readonly id: string
  readonly changes: JournalCounts
}

type Change = { readonly added: Institution } | { readonly known: Institution; readonly next: Generation }

/** Every institution of the configuration by its short name, and those that left it while the process runs. */
export class Institutions implements Part {
  readonly name = 'institutions'
  readonly #shared: Shared
  readonly #all: Map<string, Institution>
  #named: readonly string[]

  constructor(config: Config, shared: Shared) {
    this.#shared = shared
    this.#all = new Map(config.institutions.map((one) => [one.id, new Institution(one, shared)]))
    this.#named = [...this.#all.keys()]
  }

  get(id: string): Institution {
    const found = this.#all.get(id)
    if (found === undefined) throw new Error(`the configuration names an institution that it does not have: ${id}`)
    return found
  }

  /** Those of the configuration as it is now. */
  get current(): readonly Institution[] {
    return this.#named.map((id) => this.get(id))
  }

  /** Those for which something waits in the journal, and which the configuration does not have. */
  get leftBehind(): readonly LeftBehind[] {
    const { journal } = this.#shared
    const left = journal.institutions().filter((id) => !this.#named.includes(id))
    return left.map((id) => ({ id, changes: journal.counts(id) }))
  }

  /**
   * Makes ready what another configuration needs. Throws when that cannot be; nothing has changed then.
   * @returns puts it in use, at once and as a whole
   */
  prepare({ institutions }: Config): () => void {
    const changes = institutions.flatMap((config): readonly Change[] => {
      const known = this.#all.get(config.id)
      if (known === undefined) return [{ added: new Institution(config, this.#shared) }]
      return known.isAs(config) ? [] : [{ known, next: known.prepare(config) }]
    })
    return () => {
      for (const change of changes) {
        if ('known' in change) change.known.adopt(change.next)
        else {
          this.#all.set(change.added.id, change.added)
          void change.added.start(new AbortController().signal)
        }
      }
      this.#named = institutions.map(({ id }) => id)
      this.#tellLeftBehind()
    }
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#tellLeftBehind()
    for (const institution of this.#all.values()) await institution.start(signal)
  }

  async drain(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#all.values()].map((institution) => institution.drain(signal)))
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#all.values()].map((institution) => institution.stop()))
  }

  #tellLeftBehind(): void {
    for (const { id, changes } of this.leftBehind) {
      this.#shared.log.warn('JOURNAL_INSTITUTION_MISSING', { institution: id, ...changes })
    }
  }
}

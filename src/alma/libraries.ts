/**
 * The libraries of the institution by code and name. The routing of a scan names a library as people do, where everything
 * else has its code. One call a day, when the first such name comes.
 */
import type { CodedName, Item, Place, Routing } from '../circulation/model.ts'
import type { Call, Clock } from '../circulation/ports.ts'
import type { AlmaConfiguration } from './configuration.ts'

const askEveryMs = 24 * 60 * 60 * 1_000
/** A key need not have the right to read the configuration. */
const askAgainMs = 10 * 60 * 1_000
/** Whoever returned an item does not wait longer for a name; so short a wait proves nothing about Alma. */
const longestWaitMs = 900

export class Libraries {
  readonly #configuration: Pick<AlmaConfiguration, 'libraries'>
  readonly #clock: Clock
  #known: readonly CodedName[] = []
  #askAt = Number.NEGATIVE_INFINITY

  constructor(configuration: Pick<AlmaConfiguration, 'libraries'>, clock: Clock) {
    this.#configuration = configuration
    this.#clock = clock
  }

  /** Where a routing leads; what is not known of the library is empty, and it is undefined when none is meant. */
  async destinationOf(
    { to, destination, reason }: Routing,
    { owningLibrary, permanentLocation, currentLocation }: Item,
    { library }: Place,
    call: Call,
  ): Promise<CodedName | undefined> {
    if (to === 'shelf') return owningLibrary
    if (to === 'hold-shelf') {
      if (library === owningLibrary.code) return owningLibrary
      return (await this.withCode(library, call)) ?? { code: library, name: '' }
    }
    if (to !== 'transit') return undefined
    if (destination === '') return reason === 'reshelving' ? owningLibrary : undefined
    // A closed store is named by its location.
    const home = [owningLibrary.name, permanentLocation.name, currentLocation.name]
    if (home.includes(destination)) return owningLibrary
    return (await this.withName(destination, call)) ?? { code: '', name: destination }
  }

  async withCode(code: string, call: Call): Promise<CodedName | undefined> {
    return (await this.#all(call)).find((library) => library.code === code)
  }

  /** Undefined also when several libraries have this name. */
  async withName(name: string, call: Call): Promise<CodedName | undefined> {
    const [only, ...others] = (await this.#all(call)).filter((library) => library.name === name)
    return others.length === 0 ? only : undefined
  }

  async #all(call: Call): Promise<readonly CodedName[]> {
    const now = this.#clock.monotonic()
    if (now < this.#askAt) return this.#known
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(longestWaitMs)])
    const asked = await this.#configuration.libraries({ ...call, signal })
    if (asked.kind === 'done') this.#known = asked.value
    this.#askAt = now + (asked.kind === 'done' ? askEveryMs : askAgainMs)
    return this.#known
  }
}

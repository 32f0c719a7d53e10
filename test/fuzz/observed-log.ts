/** A log that keeps what the judge needs: how connections ended, and every error. */
import type { LogCode } from '../../src/runtime/codes.ts'
import { describeError } from '../../src/runtime/describe-error.ts'
import type { Facts, GivenFacts, Log } from '../../src/runtime/log.ts'
import { closingReasons } from './outcomes.ts'

const closings: ReadonlySet<string> = new Set(closingReasons)

export class ObservedLog implements Log {
  readonly errors: string[]
  readonly #closings: Map<string, LogCode[]>
  readonly #bound: Facts

  constructor(bound: Facts = {}, errors: string[] = [], byPeer = new Map<string, LogCode[]>()) {
    this.#bound = bound
    this.errors = errors
    this.#closings = byPeer
  }

  /** Why connections of an address were ended since the last time that this was asked. */
  takeClosings(address: string): readonly LogCode[] {
    const taken = this.#closings.get(address) ?? []
    this.#closings.delete(address)
    return taken
  }

  debug(): void {}

  info(code: LogCode, facts?: GivenFacts): void {
    this.#note(code, facts)
  }

  warn(code: LogCode, facts?: GivenFacts): void {
    this.#note(code, facts)
  }

  error(code: LogCode, _facts?: GivenFacts, error?: unknown): void {
    this.errors.push(`${code} ${error === undefined ? '' : JSON.stringify(describeError(error))}`)
  }

  child(facts: Facts): Log {
    return new ObservedLog({ ...this.#bound, ...facts }, this.errors, this.#closings)
  }

  #note(code: LogCode, given: GivenFacts = {}): void {
    if (!closings.has(code)) return
    const { peer } = { ...this.#bound, ...(typeof given === 'function' ? given() : given) }
    const noted = this.#closings.get(String(peer)) ?? []
    this.#closings.set(String(peer), [...noted, code])
  }
}

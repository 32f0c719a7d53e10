/**
 * A value that lies outside the configuration file: an API key, a password hash, a private key. It prints as its
 * reference wherever it goes; only `reveal` gives it away.
 */
import { inspect } from 'node:util'

/** `env:NAME` for an environment variable, `file:PATH` for a file, relative to the configuration file. */
export const secretReferencePattern = /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/

export class Secret {
  readonly reference: string
  #value: string | undefined
  #file: string | undefined

  constructor(reference: string, value?: string) {
    this.reference = reference
    this.#value = value
  }

  /** Fills the value once; the loader does this before anybody else holds the object. */
  resolve(value: string, file?: string): void {
    this.#value ??= value
    this.#file ??= file
  }

  /** Absolute path of the file that it was read from; undefined when it came from elsewhere. */
  get file(): string | undefined {
    return this.#file
  }

  /** The value itself. Throws when the reference was never resolved, which is a bug of the caller. */
  reveal(): string {
    if (this.#value === undefined) throw new Error('secret was not resolved')
    return this.#value
  }

  get resolved(): boolean {
    return this.#value !== undefined
  }

  toString(): string {
    return `[secret ${this.reference}]`
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

import { createHmac, randomBytes } from 'node:crypto'

/**
 * The password last found right for each hash, as a digest under a key of this process: a storm of log-ins stays cheap.
 * It outlives a change of the configuration, since a changed password has another hash.
 */
export class RightPasswords {
  readonly #most: number
  readonly #digests = new Map<string, string>()
  readonly #key = randomBytes(32)

  constructor(most: number) {
    this.#most = most
  }

  isKnown(hash: string): boolean {
    return this.#digests.has(hash)
  }

  /** Undefined when none is known for this hash. */
  isRight(password: string, hash: string): boolean | undefined {
    const right = this.#digests.get(hash)
    return right === undefined ? undefined : right === this.#digest(password)
  }

  remember(password: string, hash: string): void {
    this.#digests.delete(hash)
    this.#digests.set(hash, this.#digest(password))
    const [oldest] = this.#digests.keys()
    if (this.#digests.size > this.#most && oldest !== undefined) this.#digests.delete(oldest)
  }

  #digest(password: string): string {
    return createHmac('sha256', this.#key).update(password).digest('base64')
  }
}

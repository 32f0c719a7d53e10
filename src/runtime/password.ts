/**
 * Password hashes: argon2id in the PHC string format, `$argon2id$v=19$m=65536,t=3,p=1$salt$hash`. [RFC 9106]
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'

export interface PasswordCost {
  /** Memory in KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

export const defaultPasswordCost: PasswordCost = { memory: 65_536, passes: 3, parallelism: 1 }

/** What a hash may ask for; a hostile one must not take the memory or the time of the process. */
const limits = {
  memory: { min: 8, max: 262_144 },
  passes: { min: 1, max: 10 },
  parallelism: { min: 1, max: 4 },
  saltBytes: { min: 8, max: 64 },
  hashBytes: { min: 16, max: 64 },
  passwordBytes: 1024,
} as const

const saltBytes = 16
const hashBytes = 32

interface ParsedHash {
  readonly cost: PasswordCost
  readonly salt: Buffer
  readonly hash: Buffer
}

export type PasswordCheck = 'right' | 'wrong' | 'invalid-hash' | 'busy'

export interface Passwords {
  /**
   * @param from who asks: those who wait are served in turn, one check of each, so that a flood delays itself
   * @returns `invalid-hash` when the hash is none of ours or asks for too much, `busy` when too many checks wait or this
   * one has waited too long
   */
  verify(password: string, hash: string, from?: string): Promise<PasswordCheck>
  hash(password: string, cost?: PasswordCost): Promise<string>
}

export interface PasswordOptions {
  /** Checks at once; each takes the memory of its cost. */
  readonly concurrency: number
  /** Checks that may wait for their turn. */
  readonly maxQueued?: number
  /** Longest wait, in milliseconds: shorter than a machine's patience, since its log-in must be answered. */
  readonly maxWaitMs?: number
}

export function makePasswords({ concurrency, maxQueued = 1000, maxWaitMs = 5000 }: PasswordOptions): Passwords {
  const turns = new Turns(concurrency, maxQueued, maxWaitMs)
  return {
    async verify(password, hash, from = '') {
      const parsed = parseHash(hash)
      if (parsed === undefined) return 'invalid-hash'
      if (Buffer.byteLength(password) > limits.passwordBytes) return 'wrong'
      if (!(await turns.take(from))) return 'busy'
      try {
        const computed = await derive(password, parsed.salt, parsed.cost, parsed.hash.length)
        return timingSafeEqual(computed, parsed.hash) ? 'right' : 'wrong'
      } finally {
        turns.give()
      }
    },
    async hash(password, cost = defaultPasswordCost) {
      if (!isAllowed(cost)) throw new RangeError('password cost out of bounds')
      if (Buffer.byteLength(password) > limits.passwordBytes) throw new RangeError('password too long')
      const salt = randomBytes(saltBytes)
      const computed = await derive(password, salt, cost, hashBytes)
      const parameters = `m=${cost.memory},t=${cost.passes},p=${cost.parallelism}`
      return `$argon2id$v=19$${parameters}$${encode(salt)}$${encode(computed)}`
    },
  }
}

/** Hands out a few turns at a time, to those who wait one after the other whoever asks most. */
class Turns {
  readonly #maxQueued: number
  readonly #maxWaitMs: number
  /** By who asks, in the order in which they are served. */
  readonly #waiting = new Map<string, Set<(served: boolean) => void>>()
  #free: number
  #queued = 0

  constructor(atOnce: number, maxQueued: number, maxWaitMs: number) {
    this.#free = atOnce
    this.#maxQueued = maxQueued
    this.#maxWaitMs = maxWaitMs
  }

  /** False when the turn did not come in time. A turn that was taken is given back. */
  take(from: string): Promise<boolean> {
    if (this.#free > 0) {
      this.#free--
      return Promise.resolve(true)
    }
    if (this.#queued >= this.#maxQueued) return Promise.resolve(false)
    return new Promise((resolve) => {
      const settle = (served: boolean) => {
        clearTimeout(timer)
        this.#leave(from, settle)
        resolve(served)
      }
      const timer = setTimeout(settle, this.#maxWaitMs, false)
      const mine = this.#waiting.get(from) ?? new Set()
      this.#waiting.set(from, mine.add(settle))
      this.#queued++
    })
  }

  give(): void {
    for (const [from, mine] of this.#waiting) {
      this.#waiting.delete(from)
      this.#waiting.set(from, mine)
      for (const settle of mine) return settle(true)
    }
    this.#free++
  }

  #leave(from: string, settle: (served: boolean) => void): void {
    const mine = this.#waiting.get(from)
    if (mine?.delete(settle)) this.#queued--
    if (mine?.size === 0) this.#waiting.delete(from)
  }
}

/** Whether a hash can be used at all: well-formed, argon2id, and within bounds. */
export function isPasswordHash(hash: string): boolean {
  return parseHash(hash) !== undefined
}

function parseHash(text: string): ParsedHash | undefined {
  if (text.length > 512) return undefined
  const match = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(text)
  if (match === null) return undefined
  const cost = { memory: Number(match[1]), passes: Number(match[2]), parallelism: Number(match[3]) }
  const salt = Buffer.from(match[4] ?? '', 'base64')
  const hash = Buffer.from(match[5] ?? '', 'base64')
  const sized = isWithin(salt.length, limits.saltBytes) && isWithin(hash.length, limits.hashBytes)
  return sized && isAllowed(cost) ? { cost, salt, hash } : undefined
}

function isAllowed({ memory, passes, parallelism }: PasswordCost): boolean {
  return (
    isWithin(memory, limits.memory) &&
    isWithin(passes, limits.passes) &&
    isWithin(parallelism, limits.parallelism) &&
    memory >= 8 * parallelism
  )
}

const isWithin = (value: number, { min, max }: { readonly min: number; readonly max: number }): boolean =>
  Number.isInteger(value) && value >= min && value <= max

function derive(password: string, nonce: Buffer, cost: PasswordCost, tagLength: number): Promise<Buffer> {
  const parameters = { message: password, nonce, tagLength, ...cost }
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}

/** Base64 without padding, as the PHC format has it. */
const encode = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

/**
 * What a person could be known by leaves the process only sealed: AES-256-GCM under a key from the configuration, bound
 * to the place where it belongs, and keyed digests where equality is all that is needed.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { deserialize, serialize } from 'node:v8'

/** A key of the configuration. */
export interface JournalKey {
  /** Stands beside everything that was sealed with it, at most 64 bytes. */
  readonly id: string
  /** 32 bytes. */
  readonly secret: Uint8Array
}

/** Why something sealed cannot be opened. */
export class UnsealError extends Error {
  readonly reason: 'key-missing' | 'damaged'

  constructor(reason: 'key-missing' | 'damaged', options?: ErrorOptions) {
    super('a sealed value cannot be opened', options)
    this.reason = reason
  }
}

/** Key objects: bytes would be made into one with every use, which takes longer than the use. */
interface Derived {
  readonly id: string
  readonly sealing: KeyObject
  readonly digesting: KeyObject
}

const format = 1
const nonceBytes = 12
const tagBytes = 16

/**
 * Sealed: format (1 byte), length of the key's id (1 byte), the id, nonce (12), tag (16), ciphertext. The first key
 * seals, every key opens.
 */
export class Sealer {
  readonly #first: Derived
  readonly #keys: readonly Derived[]

  constructor(keys: readonly [JournalKey, ...JournalKey[]]) {
    this.#first = derive(keys[0])
    this.#keys = [this.#first, ...keys.slice(1).map(derive)]
  }

  /** Id of the key that seals. */
  get keyId(): string {
    return this.#first.id
  }

  /** One value a key by which a later start sees whether the key is still the same. */
  get checks(): readonly { readonly id: string; readonly check: Uint8Array }[] {
    return this.#keys.map(({ id, digesting }) => ({ id, check: digest(digesting, 'key check') }))
  }

  /** Takes whatever a structured clone takes. @param place names where it is kept; it opens nowhere else. */
  seal(value: unknown, place: string): Uint8Array {
    const { id, sealing } = this.#first
    const name = Buffer.from(id)
    const head = Buffer.concat([Buffer.from([format, name.length]), name])
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', sealing, nonce)
    cipher.setAAD(Buffer.concat([head, Buffer.from(place)]))
    const text = Buffer.concat([cipher.update(serialize(value)), cipher.final()])
    return Buffer.concat([head, nonce, cipher.getAuthTag(), text])
  }

  /** Throws an {@link UnsealError}. */
  unseal(sealed: Uint8Array, place: string): unknown {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
    const headEnd = 2 + (bytes[1] ?? 0)
    const textStart = headEnd + nonceBytes + tagBytes
    if (bytes[0] !== format || bytes.length < textStart) throw new UnsealError('damaged')
    const id = bytes.toString('utf8', 2, headEnd)
    const key = this.#keys.find((each) => each.id === id)
    if (!key) throw new UnsealError('key-missing')
    try {
      const nonce = bytes.subarray(headEnd, headEnd + nonceBytes)
      const decipher = createDecipheriv('aes-256-gcm', key.sealing, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.concat([bytes.subarray(0, headEnd), Buffer.from(place)]))
      decipher.setAuthTag(bytes.subarray(headEnd + nonceBytes, textStart))
      return deserialize(Buffer.concat([decipher.update(bytes.subarray(textStart)), decipher.final()]))
    } catch (error) {
      throw new UnsealError('damaged', { cause: error })
    }
  }

  /** The digests of a text, as base64url: one a key, that of the first key first. */
  digests(text: string): string[] {
    return this.#keys.map(({ digesting }) => digest(digesting, text).toString('base64url'))
  }
}

const digest = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest()

function derive({ id, secret }: JournalKey): Derived {
  const make = (use: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `circbridge journal ${use}`, 32)))
  return { id, sealing: make('sealing'), digesting: make('digests') }
}

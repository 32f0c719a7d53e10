/** One connection, as far as it competes with others for a place. */
export interface Guest {
  /** Those from one source count together. */
  readonly source: string
  /** Whether it has logged in, or needs no log-in. */
  readonly isKnown: boolean
  /** Ends the connection. */
  displace(): void
}

export interface ConnectionLimits {
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
  readonly maxHandshakes: number
}

/**
 * The connections of a listener, counted. When there are too many, one that has not logged in gives way, the oldest of
 * the source that has most of them: a flood displaces itself, and a machine that connects beside it gets its place and
 * the time to log in. Who has logged in is never displaced.
 */
export class ConnectionTable {
  readonly #limits: ConnectionLimits
  /** By source, the oldest first. */
  readonly #guests = new Map<string, Set<Guest>>()
  /** Those whose header or handshake is under way. */
  readonly #arriving = new Set<Guest>()
  #count = 0

  constructor(limits: ConnectionLimits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#count
  }

  /** Takes in a connection that arrives; gives the limit that keeps it out when no other one can give way. */
  add(guest: Guest): 'limit' | 'address-limit' | undefined {
    const { maxConnections, maxConnectionsPerAddress, maxHandshakes } = this.#limits
    const { source } = guest
    const mine = this.#guests.get(source) ?? new Set()
    if (mine.size >= maxConnectionsPerAddress && !this.#displace(findOldest(mine, isUnknown))) return 'address-limit'
    if (this.#count >= maxConnections && !this.#displace(this.#findInLargest(isUnknown))) return 'limit'
    if (this.#arriving.size >= maxHandshakes) this.#displace(this.#findInLargest((one) => this.#arriving.has(one)))
    this.#guests.set(source, mine.add(guest))
    this.#arriving.add(guest)
    this.#count += 1
    return undefined
  }

  /** Its header has come and its handshake is done. */
  settle(guest: Guest): void {
    this.#arriving.delete(guest)
  }

  remove(guest: Guest): void {
    this.#arriving.delete(guest)
    const mine = this.#guests.get(guest.source)
    if (!mine?.delete(guest)) return
    this.#count -= 1
    if (mine.size === 0) this.#guests.delete(guest.source)
  }

  #displace(guest: Guest | undefined): boolean {
    if (guest === undefined) return false
    this.remove(guest)
    guest.displace()
    return true
  }

  /** The oldest of those that may go, of the source that has most of them. */
  #findInLargest(mayGo: (guest: Guest) => boolean): Guest | undefined {
    let most = 0
    let found: Guest | undefined
    for (const guests of this.#guests.values()) {
      if (guests.size <= most) continue
      const candidates = [...guests].filter(mayGo)
      if (candidates.length <= most) continue
      most = candidates.length
      found = candidates[0]
    }
    return found
  }
}

const isUnknown = (guest: Guest): boolean => !guest.isKnown

function findOldest(guests: Iterable<Guest>, mayGo: (guest: Guest) => boolean): Guest | undefined {
  for (const guest of guests) if (mayGo(guest)) return guest
  return undefined
}

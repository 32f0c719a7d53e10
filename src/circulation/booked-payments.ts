import type { LibrarySystem, Payment } from './ports.ts'

interface Booking {
  readonly at: number
  readonly minor: number
}

const mostKeys = 1000

/**
 * Payments that were booked under a transaction id. Machines use one id for several payments: when the answer to the
 * next one is lost, those before it must not be taken for it.
 */
export class BookedPayments {
  readonly #bookings = new Map<string, Booking[]>()

  /** @param now of the library's clock, in milliseconds */
  remember(payment: Payment, now: number): void {
    const key = keyOf(payment)
    const bookings = this.#bookings.get(key) ?? []
    this.#bookings.delete(key)
    this.#bookings.set(key, [...bookings.slice(1 - mostKeys), { at: now, minor: payment.amount.minor }])
    const [oldest] = this.#bookings.keys()
    if (this.#bookings.size > mostKeys && oldest !== undefined) this.#bookings.delete(oldest)
  }

  /** What was booked since a time, in minor units. */
  sumSince(payment: Payment, since: number): number {
    const bookings = this.#bookings.get(keyOf(payment)) ?? []
    return bookings.reduce((sum, { at, minor }) => (at >= since ? sum + minor : sum), 0)
  }
}

const keyOf = ({ patronId, externalTransactionId }: Payment): string =>
  JSON.stringify([patronId, externalTransactionId])

const bySystem = new WeakMap<LibrarySystem, BookedPayments>()

/** The memory that belongs to one institution's library system. */
export function bookedPaymentsOf(system: LibrarySystem): BookedPayments {
  const known = bySystem.get(system)
  if (known) return known
  const made = new BookedPayments()
  bySystem.set(system, made)
  return made
}

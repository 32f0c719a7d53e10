/** What a patron owes: fees are paid by a list or by their amount, or written off (37). */
import type { FeeTransaction } from '../../simulators/alma/state/entities.ts'
import type { Store } from '../../simulators/alma/state/store.ts'
import { feePaid } from '../helpers/raw-sip2.ts'
import { type Chance, type Errand, type Finding, type Machine, Subject, unsent } from './errand.ts'

interface AccountErrand extends Errand {
  readonly kind: 'pay-fee' | 'waive-fee'
  readonly minor: number
  /** Of the fees that are named; none when the machine names none. */
  readonly fees: readonly string[]
  /** No other has the same. */
  readonly transaction: string
}

interface OpenFee {
  readonly id: string
  readonly minor: number
}

/** As configured: see `machineProfile`. */
export const waiverType = '06'
export const waiverReason = 'LIBRARYERROR'

const sum = (fees: readonly OpenFee[]): number => fees.reduce((total, { minor }) => total + minor, 0)

export class AccountSubject extends Subject<AccountErrand> {
  readonly card: string
  /** The oldest first. */
  readonly #fees: readonly OpenFee[]

  constructor(card: string, fees: readonly OpenFee[]) {
    super()
    this.card = card
    this.#fees = fees
  }

  protected next(chance: Chance, { paysByAmount }: Machine): AccountErrand | undefined {
    const open = this.errands
      .filter(({ told }) => told === 'yes')
      .reduce((fees, errand) => without(fees, sharesOf(errand, fees)), this.#fees)
    if (open.length === 0) return undefined
    const kind = chance.chance(0.4) ? 'waive-fee' : 'pay-fee'
    const isListed = kind === 'pay-fee' ? !paysByAmount || chance.chance(0.4) : chance.chance(0.7)
    const named = isListed ? open.filter(() => chance.chance(0.6)) : []
    const fees = isListed && named.length === 0 ? open.slice(0, 2) : named
    const due = sum(fees.length === 0 ? open : fees)
    const part = 1 + Math.floor(chance.next() * due)
    const whole = fees.length === 0 && chance.chance(0.6) ? chance.pick(open).minor : due
    // More than is owed is refused.
    const minor = chance.chance(0.08) ? sum(open) + 100 : chance.chance(0.5) ? part : whole
    const transaction = `BK${this.card}-${this.errands.length + 1}`
    const type = kind === 'waive-fee' ? waiverType : '00'
    const ids = fees.map(({ id }) => id)
    const more = `${ids.length === 0 ? '' : `CG${ids.join()}|`}BK${transaction}|`
    return {
      ...unsent,
      kind,
      patron: this.card,
      item: undefined,
      minor,
      fees: ids,
      transaction,
      write: (stamp) => feePaid(this.card, (minor / 100).toFixed(2), more, stamp, type),
    }
  }

  protected compare(store: Store, errands: readonly AccountErrand[]): Finding[] {
    const fees = store.userByIdentifier(this.card, undefined, true)?.fees ?? []
    const left = new Set(fees.flatMap(({ transactions }) => transactions))
    const findings: Finding[] = []
    let open = this.#fees
    for (const errand of errands) {
      const booked = fees.flatMap(({ id, transactions }) => {
        const own = transactions.filter((transaction) => isOf(errand, transaction))
        for (const transaction of own) left.delete(transaction)
        return own.length === 0 ? [] : [{ id, minor: sum(own.map((one) => ({ id, minor: one.minor }))) }]
      })
      findings.push(...compareBooked(errand, booked, sharesOf(errand, open)))
      open = without(open, booked)
    }
    const strange = [...left].map(
      ({ type, minor }): Finding => ({ kind: 'double', about: `nobody asked for ${type} ${minor}` }),
    )
    return [...findings, ...strange]
  }
}

/** Whether a transaction is of an errand: a payment bears the name that the machine gave it, a waiver has it in its comment. */
const isOf = ({ kind, transaction }: AccountErrand, { type, externalId, comment }: FeeTransaction): boolean =>
  kind === 'pay-fee'
    ? type === 'PAYMENT' && externalId === transaction
    : type === 'WAIVE' && comment.split(' ').includes(transaction)

/** Which fee gets what: those that are named, else the one of just that amount (of a payment), else the oldest first. */
function sharesOf({ kind, fees, minor }: AccountErrand, open: readonly OpenFee[]): readonly OpenFee[] {
  const named = fees.length === 0 ? open : open.filter(({ id }) => fees.includes(id))
  if (minor > sum(named)) return []
  const exact = fees.length === 0 && kind === 'pay-fee' && named.find((fee) => fee.minor === minor)
  if (exact) return [exact]
  let left = minor
  return named.flatMap(({ id, minor: owed }) => {
    const share = Math.min(left, owed)
    left -= share
    return share === 0 ? [] : [{ id, minor: share }]
  })
}

const without = (open: readonly OpenFee[], booked: readonly OpenFee[]): readonly OpenFee[] =>
  open
    .map(({ id, minor }) => ({ id, minor: minor - (booked.find((one) => one.id === id)?.minor ?? 0) }))
    .filter(({ minor }) => minor > 0)

/** Of what nobody knows a part may be there, and never more than its share of a fee. */
function compareBooked(errand: AccountErrand, booked: readonly OpenFee[], shares: readonly OpenFee[]): Finding[] {
  const { kind, minor, patron, told } = errand
  const list = (parts: readonly OpenFee[]): string => parts.map((part) => `${part.minor} on ${part.id}`).join(', ')
  const about =
    `a ${kind} of ${minor} by ${patron} was told ${told ?? 'nothing'}: ` +
    `booked ${list(booked) || 'nothing'}, meant ${list(shares) || 'nothing'}`
  const found = sum(booked)
  if (told === 'no') return found === 0 ? [] : [{ kind: 'denied', about }]
  if (found > minor) return [{ kind: 'double', about }]
  if (told === 'yes' && found < minor) return [{ kind: 'loss', about }]
  const fits = booked.every(({ id, minor: part }) => part <= (shares.find((share) => share.id === id)?.minor ?? 0))
  return fits ? [] : [{ kind: 'cents', about }]
}

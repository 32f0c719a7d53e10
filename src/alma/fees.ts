/** Fees and payments over Alma's Users API. */
import type { Fee, FeeKind, FeePayment, Money, PaymentMethod } from '../circulation/model.ts'
import { type Done, done, type Outcome, refused } from '../circulation/outcome.ts'
import type { Booked, Call, Fees, Payment, Waiver } from '../circulation/ports.ts'
import { type AlmaClient, changing, reading } from './client.ts'
import type { AlmaConfig } from './config.ts'
import { parameterNotValid } from './errors.ts'
import { type JsonObject, readCode, readCoded, readCount, readList, readStatus, readText } from './json.ts'
import { formatMoney, readMoney } from './money.ts'
import { readInstant } from './time.ts'
import type { NoAnswer } from './verdict.ts'

/** Stands for every open fee in the place of an id, which nobody else may name. */
const allFees = 'all'

/** [Alma code table fineFeeType] */
const feeKinds: Readonly<Record<string, FeeKind>> = {
  OVERDUEFINE: 'overdue',
  RECALLEDOVERDUEFINE: 'overdue',
  LOSTITEMREPLACEMENTFEE: 'replacement',
  LOSTITEMPROCESSFEE: 'processing',
  DAMAGEDITEMFINE: 'damage',
  RENEWFEE: 'rental',
  LIBRARYCARDREPLACEMENT: 'administrative',
}

const feeTemplate = '/users/{user_id}/fees/{fee_id}'

/** Stands before a payment method that is a code of Alma's own table. */
const localPrefix = 'local:'

/** [Alma code table FineFeeTransactionType] */
type TransactionType = 'PAYMENT' | 'WAIVE'

interface Transaction {
  readonly payment: FeePayment
  readonly comment: string
}

export function createFees(client: AlmaClient, config: AlmaConfig): Fees {
  /** [Alma users: fees] The list is not paged. */
  async function list(patronId: string, status: string, call: Call): Promise<Done<JsonObject> | NoAnswer> {
    const request = reading({
      operation: 'fees',
      template: '/users/{user_id}/fees',
      segments: { user_id: patronId },
      query: { status },
    })
    const reply = await client.send(request, call)
    if (reply.kind !== 'done') return reply
    const { body } = reply.value
    const believable = readCount(body['total_record_count']) !== undefined || readList(body['fee']).length > 0
    return believable ? done(body) : client.distrust(request)
  }

  /** An account without fees names no currency. */
  const currencyOf = (body: JsonObject): string => /^[A-Z]{3}$/.exec(readText(body['currency']))?.[0] ?? config.currency
  const readFees = (body: JsonObject): Fee[] =>
    readList(body['fee']).map((fee) => readFee(fee, currencyOf(body), config.options.feeTypes))

  /** Why an amount may not be booked at all. */
  const refuseAmount = ({ amount, feeId }: Pick<Payment, 'amount' | 'feeId'>) => {
    if (amount.currency !== config.currency) return refused('currency-wrong', '', 'CURRENCY')
    if (amount.minor <= 0) return refused('fee-amount-invalid', '', 'AMOUNT')
    return feeId?.toLowerCase() === allFees ? refused('fee-unknown', '', 'UNFIT_IDENTIFIER') : undefined
  }

  const methodOf = (method: PaymentMethod): string =>
    isLocal(method) ? method.slice(localPrefix.length) : config.options.paymentMethods[method]

  /**
   * The transactions of a kind that match, once each. Two calls: open fees are read before closed ones and not beside
   * them, so that a fee that closes in between is seen twice, never not at all.
   */
  async function findTransactions(
    patronId: string,
    type: TransactionType,
    matches: (transaction: Transaction) => boolean,
    call: Call,
  ): Promise<Outcome<readonly FeePayment[]>> {
    const found = new Map<string, FeePayment>()
    for (const status of ['ACTIVE', 'CLOSED']) {
      const reply = await list(patronId, status, call)
      if (reply.kind !== 'done') return reply.outcome
      for (const fee of readList(reply.value['fee'])) {
        for (const transaction of readTransactions(fee, type, currencyOf(reply.value)).filter(matches)) {
          const { payment } = transaction
          found.set(`${readText(fee['id'])} ${payment.transactionId} ${payment.at?.getTime()}`, payment)
        }
      }
    }
    return done([...found.values()])
  }

  return {
    async ofPatron(patronId: string, call: Call) {
      const reply = await list(patronId, 'ACTIVE', call)
      if (reply.kind !== 'done') return reply.outcome
      const fees = readFees(reply.value).toSorted((a, b) => age(a) - age(b))
      const currency = currencyOf(reply.value)
      return done({ fees, total: readMoney(reply.value['total_sum'], currency) ?? sum(fees, currency) })
    },

    /** [Alma users: pay fee] */
    async pay(payment: Payment, call: Call): Promise<Outcome<Booked>> {
      const { patronId, feeId, amount, method, externalTransactionId, comment } = payment
      const unfit = refuseAmount(payment)
      if (unfit) return unfit
      const request = changing({
        operation: 'pay',
        method: 'POST',
        template: feeTemplate,
        segments: { user_id: patronId, fee_id: feeId ?? allFees },
        query: {
          op: 'pay',
          amount: formatMoney(amount),
          method: methodOf(method),
          external_transaction_id: externalTransactionId,
          comment: comment || undefined,
        },
      })
      const reply = await client.send(request, call)
      if (reply.kind !== 'done') {
        // One code for both; the amount was compared with what is owed, the code of the method with nothing.
        const isMethod = isLocal(method) && reply.code === parameterNotValid
        return isMethod ? refused('not-configured', '', reply.outcome.evidence) : reply.outcome
      }
      const { body } = reply.value
      const believable = feeId === undefined ? readCount(body['total_record_count']) !== undefined : isFee(body)
      if (!believable) return client.distrust(request).outcome
      const fees = feeId === undefined ? readList(body['fee']) : [body]
      const currency = currencyOf(body)
      const own = fees
        .flatMap((fee) => readTransactions(fee, 'PAYMENT', currency))
        .filter((one) => one.payment.externalTransactionId === externalTransactionId)
      const remaining = feeId === undefined ? body['total_sum'] : body['balance']
      return done({ remaining: readMoney(remaining, currency), transactionIds: newestOf(own, amount) })
    },

    findPayments({ patronId, externalTransactionId, since }, call: Call) {
      const isMeant = ({ payment }: Transaction): boolean =>
        payment.externalTransactionId === externalTransactionId && isSince(payment, since)
      return findTransactions(patronId, 'PAYMENT', isMeant, call)
    },

    /** [Alma users: waive fee] Alma keeps no external id of a waiver, so that its comment bears the reference. */
    async waive(waiver: Waiver, call: Call): Promise<Outcome<Booked>> {
      const { patronId, feeId, amount, reason, comment, reference } = waiver
      const unfit = refuseAmount(waiver)
      if (unfit) return unfit
      const request = changing({
        operation: 'waive',
        method: 'POST',
        template: feeTemplate,
        segments: { user_id: patronId, fee_id: feeId },
        query: { op: 'waive', amount: formatMoney(amount), reason, comment: `${comment} ${reference}`.trim() },
      })
      const reply = await client.send(request, call)
      if (reply.kind !== 'done') return reply.outcome
      const { body } = reply.value
      if (!isFee(body)) return client.distrust(request).outcome
      const own = readTransactions(body, 'WAIVE', config.currency).filter((one) => one.comment.endsWith(reference))
      return done({ remaining: readMoney(body['balance'], config.currency), transactionIds: newestOf(own, amount) })
    },

    findWaivers({ patronId, reference, since }, call: Call) {
      const isMeant = (one: Transaction): boolean => one.comment.endsWith(reference) && isSince(one.payment, since)
      return findTransactions(patronId, 'WAIVE', isMeant, call)
    },
  }
}

const isLocal = (method: PaymentMethod): method is `local:${string}` => method.startsWith(localPrefix)
const isFee = (body: JsonObject): boolean => readText(body['id']) !== ''
const isSince = ({ at }: FeePayment, since: Date): boolean => at === undefined || at >= since

/**
 * The transactions of one booking among those of its answer, which tells older ones of the same name too: the newest
 * that make up the amount; none when they do not, so that nobody takes another's for it.
 */
function newestOf(own: readonly Transaction[], amount: Money): string[] {
  const ids: string[] = []
  let left = amount.minor
  const newestFirst = own
    .map(({ payment }) => payment)
    .filter(({ transactionId }) => transactionId !== '')
    .toSorted((a, b) => (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0))
  for (const payment of newestFirst) {
    if (left <= 0) break
    ids.push(payment.transactionId)
    left -= payment.amount.minor
  }
  return left === 0 ? ids : []
}

export function readFee(fee: JsonObject, currency: string, own: Readonly<Record<string, FeeKind>>): Fee {
  const type = readCoded(fee['type'])
  const balance = readMoney(fee['balance'], currency) ?? { minor: 0, currency }
  return {
    id: readText(fee['id']),
    kind: feeKindOf(type.code, own),
    type,
    balance,
    original: readMoney(fee['original_amount'], currency) ?? balance,
    createdAt: readInstant(fee['creation_time']),
    title: readText(fee['title']),
    itemBarcode: readCode(fee['barcode']),
    payments: readTransactions(fee, 'PAYMENT', currency).map(({ payment }) => payment),
  }
}

function readTransactions(fee: JsonObject, type: TransactionType, currency: string): readonly Transaction[] {
  return readList(fee['transaction'])
    .filter((transaction) => readStatus(transaction['type']) === type)
    .map((transaction) => ({
      payment: {
        feeId: readText(fee['id']),
        transactionId: readText(transaction['transaction_id']),
        externalTransactionId: readText(transaction['external_transaction_id']),
        amount: readMoney(transaction['amount'], currency) ?? { minor: 0, currency },
        at: readInstant(transaction['transaction_time']),
      },
      comment: readText(transaction['comment']),
    }))
}

function feeKindOf(code: string, own: Readonly<Record<string, FeeKind>>): FeeKind {
  if (Object.hasOwn(own, code)) return own[code] ?? 'other'
  return Object.hasOwn(feeKinds, code) ? (feeKinds[code] ?? 'other') : 'other'
}

/** A fee without a time of creation comes last. */
function age(fee: Fee): number {
  return fee.createdAt?.getTime() ?? Number.MAX_SAFE_INTEGER
}

function sum(fees: readonly Fee[], currency: string): Money {
  return { minor: fees.reduce((total, fee) => total + fee.balance.minor, 0), currency }
}

/** Fees and payments over Alma's Users API. */
import type { Fee, FeeKind, FeePayment, Money } from '../circulation/model.ts'
import { type Done, done, type Outcome, refused } from '../circulation/outcome.ts'
import type { Call, Fees, Payment } from '../circulation/ports.ts'
import { type AlmaClient, changing, reading } from './client.ts'
import type { AlmaConfig } from './config.ts'
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

  return {
    async ofPatron(patronId: string, call: Call) {
      const reply = await list(patronId, 'ACTIVE', call)
      if (reply.kind !== 'done') return reply.outcome
      const fees = readFees(reply.value).toSorted((a, b) => age(a) - age(b))
      const currency = currencyOf(reply.value)
      return done({ fees, total: readMoney(reply.value['total_sum'], currency) ?? sum(fees, currency) })
    },

    /** [Alma users: pay fee] What remains is told of the fee when one was named, of the account otherwise. */
    async pay(payment: Payment, call: Call): Promise<Outcome<{ readonly remaining: Money | undefined }>> {
      if (payment.amount.currency !== config.currency) return refused('currency-wrong', '', 'CURRENCY')
      if (payment.amount.minor <= 0) return refused('fee-amount-invalid', '', 'AMOUNT')
      if (payment.feeId?.toLowerCase() === allFees) return refused('fee-unknown', '', 'UNFIT_IDENTIFIER')
      const request = changing({
        operation: 'pay',
        method: 'POST',
        template: '/users/{user_id}/fees/{fee_id}',
        segments: { user_id: payment.patronId, fee_id: payment.feeId ?? allFees },
        query: {
          op: 'pay',
          amount: formatMoney(payment.amount),
          method: config.options.paymentMethods[payment.method],
          external_transaction_id: payment.externalTransactionId,
        },
      })
      const reply = await client.send(request, call)
      if (reply.kind !== 'done') return reply.outcome
      const { body } = reply.value
      if (payment.feeId === undefined) {
        if (readCount(body['total_record_count']) === undefined) return client.distrust(request).outcome
        return done({ remaining: readMoney(body['total_sum'], currencyOf(body)) })
      }
      if (readText(body['id']) === '') return client.distrust(request).outcome
      return done({ remaining: readMoney(body['balance'], config.currency) })
    },

    /**
     * Two calls. Open fees are read before closed ones and not beside them: a fee that closes in between is then seen
     * twice, never not at all.
     */
    async findPayments(
      { patronId, externalTransactionId, since },
      call: Call,
    ): Promise<Outcome<readonly FeePayment[]>> {
      const found = new Map<string, FeePayment>()
      for (const status of ['ACTIVE', 'CLOSED']) {
        const reply = await list(patronId, status, call)
        if (reply.kind !== 'done') return reply.outcome
        for (const fee of readFees(reply.value)) {
          for (const payment of fee.payments) {
            const recent = payment.at === undefined || payment.at >= since
            if (!recent || payment.externalTransactionId !== externalTransactionId) continue
            found.set(`${fee.id} ${payment.transactionId} ${payment.at?.getTime()}`, payment)
          }
        }
      }
      return done([...found.values()])
    },
  }
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
    payments: readList(fee['transaction'])
      .filter((transaction) => readStatus(transaction['type']) === 'PAYMENT')
      .map((transaction) => readPayment(transaction, currency)),
  }
}

function readPayment(transaction: JsonObject, currency: string): FeePayment {
  return {
    transactionId: readText(transaction['transaction_id']),
    externalTransactionId: readText(transaction['external_transaction_id']),
    amount: readMoney(transaction['amount'], currency) ?? { minor: 0, currency },
    at: readInstant(transaction['transaction_time']),
  }
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

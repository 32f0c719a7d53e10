import { createHash } from 'node:crypto'
import type { PaymentMethod } from '../../circulation/model.ts'
import { parseAmount } from '../../circulation/money.ts'
import { refused } from '../../circulation/outcome.ts'
import { type FeePaid, payFee } from '../../circulation/pay-fee.ts'
import { reply } from '../message.ts'
import { fill } from '../texts/texts.ts'
import { type Operation, identityOf } from './operation.ts'
import { refuseWrongPassword } from './password.ts'
import { amountOf, institutionId, screenMessage, stamp, identifier } from './values.ts'

/** By SIP2 payment type; any other code is one of the site's own and counts as paid on line. */
const paymentMethods: Readonly<Record<string, PaymentMethod>> = {
  '00': 'cash',
  '01': 'credit-card',
  '02': 'credit-card',
}

/** 37 to 38. [SIP2 2.00 fee paid] */
export const feePaidOperation: Operation<'37', FeePaid> = {
  async execute(request, context) {
    const { circulation, visit, call, currency } = context
    const patron = identifier(request.fields.AA)
    const asked = request.fixed.currencyType.trim().toUpperCase()
    if (asked !== '' && asked !== currency && asked !== context.terminal.profile.currency)
      return refused('currency-wrong')
    const amount = parseAmount(request.fields.BV ?? '', currency)
    if (amount === undefined) return refused('fee-amount-invalid')
    const method = paymentMethods[request.fixed.paymentType] ?? 'online'
    const wrong = await refuseWrongPassword(patron, request.fields.AD, context)
    if (wrong) return wrong

    const feeId = identifier(request.fields.CG) || undefined
    const transaction = identifier(request.fields.BK)
    const identity = identityOf(request, context, patron, feeId ?? '', amountOf(amount), transaction)
    return payFee(
      {
        patron,
        feeId,
        amount,
        method,
        externalTransactionId: transaction || ownTransactionId(identity),
        visit,
        identity,
      },
      circulation,
      call,
    )
  },

  reply(request, outcome, context) {
    const paid = outcome.kind === 'done' ? outcome.value : undefined
    const amount = paid ? `${amountOf(paid.amount)} ${paid.amount.currency}` : ''
    return reply(
      '38',
      { paymentAccepted: paid !== undefined, transactionDate: stamp(context) },
      {
        AO: institutionId(request.fields.AO, context),
        AA: request.fields.AA ?? '',
        ...(request.fields.BK && { BK: request.fields.BK }),
        AF: paid ? [fill(context.catalogue.feePaid, { amount })] : screenMessage(outcome, context),
      },
    )
  },
}

/** The same payment always gets the same name, so that it can be found again whatever happened to us. */
const ownTransactionId = (identity: string): string =>
  `CB${createHash('sha256').update(identity).digest('hex').slice(0, 20)}`

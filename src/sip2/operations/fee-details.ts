import type { Fee } from '../../circulation/model.ts'
import type { ExtraField } from '../message.ts'
import type { ReplyContext } from './operation.ts'
import { amountOf, formatByPattern } from './values.ts'

/**
 * What pay stations read of each fee, in the form that Gossip gave it: one fee's fields stand together, and each fee
 * begins with the id that pays it in 37.
 */
export const feeDetails = (fees: readonly Fee[], context: ReplyContext): readonly ExtraField[] =>
  fees.flatMap((fee) => [
    { id: 'CG', value: fee.id },
    { id: 'FA', value: amountOf(fee.balance) },
    { id: 'FB', value: fee.itemBarcode },
    { id: 'FC', value: fee.createdAt ? formatByPattern(fee.createdAt, context.timeZone, 'dd.MM.yyyy') : '' },
    { id: 'FD', value: fee.title },
    { id: 'FE', value: fee.id },
    { id: 'FF', value: fee.type.name || fee.type.code },
    { id: 'FG', value: amountOf(paidOf(fee)) },
  ])

const paidOf = ({ payments, balance: { currency } }: Fee) => ({
  minor: payments.reduce((sum, { amount }) => sum + amount.minor, 0),
  currency,
})

import { createHash } from 'node:crypto'
import type { Money, PaymentMethod } from '../../circulation/model.ts'
import { parseAmount } from '../../circulation/money.ts'
import { type ChangeOutcome, type NotDone, refused } from '../../circulation/outcome.ts'
import { type FeePaid, payFee } from '../../circulation/pay-fee.ts'
import { type FeeWaived, waiveFee } from '../../circulation/waive-fee.ts'
import type { WhenAway } from '../../circulation/when-away.ts'
import { type Message, reply } from '../message.ts'
import { fill } from '../texts/texts.ts'
import {
  type ChangeOperation,
  type OperationContext,
  type ReplyContext,
  identityOf,
  namedIdentityOf,
} from './operation.ts'
import { checkGivenPassword } from './password.ts'
import { amountInWords, amountOf, institutionId, screenMessage, stamp, identifier } from './values.ts'

/** By SIP2 payment type; any other code is one of the site's own and counts as paid on line, unless the profile knows it. */
const paymentMethods: Readonly<Record<string, PaymentMethod>> = {
  '00': 'cash',
  '01': 'credit-card',
  '02': 'credit-card',
}

/** What both ways of settling a fee are told. */
interface Settling {
  readonly patron: string
  /** The fees that the machine names, in its order; none when it names none. */
  readonly feeIds: readonly string[]
  readonly amount: Money
  /** The machine's own name of the transaction, empty when it gave none. */
  readonly transaction: string
  readonly identity: string
}

/** 37 to 38. [SIP2 2.00 fee paid] */
export const feePaidOperation: ChangeOperation<'37', FeePaid | FeeWaived> = {
  async execute(request, context) {
    const { currency, terminal } = context
    const patron = identifier(request.fields.AA)
    const asked = request.fixed.currencyType.trim().toUpperCase()
    if (asked !== '' && asked !== currency && asked !== terminal.profile.currency) return refused('currency-wrong')
    const amount = parseAmount(request.fields.BV ?? '', currency)
    if (amount === undefined) return refused('fee-amount-invalid')
    const feeIds = listedIds(request.fields.CG)
    const transaction = identifier(request.fields.BK)
    const { paymentType } = request.fixed
    const identify = transaction === '' ? identityOf : namedIdentityOf
    const identity = identify(request, context, patron, feeIds.join(), amountOf(amount), transaction, paymentType)
    const settling = { patron, feeIds, amount, transaction, identity }
    return isWriteOff(request, context) ? writeOff(request, settling, context) : pay(request, settling, context)
  },

  reply(request, outcome, context) {
    const paid = amountPaid(request, outcome, context)
    const { feePaid, feeWaived } = context.catalogue
    const words = isWriteOff(request, context) ? feeWaived : feePaid
    return reply(
      '38',
      { paymentAccepted: paid !== undefined, transactionDate: stamp(context) },
      {
        AO: institutionId(request.fields.AO, context),
        AA: request.fields.AA ?? '',
        ...(request.fields.BK && { BK: request.fields.BK }),
        AF: [
          ...(paid ? [fill(words, { amount: amountInWords(paid) })] : []),
          ...restText(outcome, context),
          ...screenMessage(outcome, context),
        ],
      },
    )
  },
}

async function pay(
  request: Message<'37'>,
  { patron, feeIds, amount, transaction, identity }: Settling,
  context: OperationContext,
): Promise<ChangeOutcome<FeePaid>> {
  const { circulation, visit, call, terminal } = context
  const { payments, offline } = terminal.profile
  const whenAway: WhenAway = { do: offline.feePaid }
  const wrong = await refusePassword(patron, request, context)
  // The patron has paid: a password that nobody can check now must not keep that from being noted.
  const mayWait = whenAway.do === 'queue' && circulation.journal.mayAccept(call.machine)
  if (wrong && !(wrong.kind === 'unavailable' && mayWait)) return wrong
  const { paymentType } = request.fixed
  const [feeId, ...further] = feeIds
  return payFee(
    {
      patron,
      feeId: further.length === 0 ? feeId : undefined,
      ...(further.length > 0 && { feeIds }),
      order: payments.order,
      overpayment: payments.overpayment,
      amount,
      method: payments.types[paymentType] ?? paymentMethods[paymentType] ?? 'online',
      externalTransactionId: transaction || ownTransactionId(identity),
      visit,
      whenAway,
      identity,
    },
    circulation,
    call,
  )
}

/** Nobody has paid, so that nothing is promised while the library system is away. */
async function writeOff(
  request: Message<'37'>,
  { patron, feeIds, amount, transaction, identity }: Settling,
  context: OperationContext,
): Promise<ChangeOutcome<FeeWaived>> {
  const { circulation, visit, call, terminal } = context
  const wrong = await refusePassword(patron, request, context)
  if (wrong) return wrong
  const reason = terminal.profile.payments.writeOff?.reason ?? ''
  const comment = `${terminal.name} ${transaction}`.trim()
  return waiveFee({ patron, feeIds, amount, reason, comment, visit, identity }, circulation, call)
}

async function refusePassword(
  patron: string,
  request: Message<'37'>,
  context: OperationContext,
): Promise<NotDone | undefined> {
  const password = await checkGivenPassword(patron, request.fields.AD, context)
  if (password.kind !== 'done') return password
  return password.value === false ? refused('patron-pin-wrong') : undefined
}

const isWriteOff = ({ fixed }: Message<'37'>, { terminal }: ReplyContext): boolean =>
  terminal.profile.payments.writeOff?.types.includes(fixed.paymentType) ?? false

/** CG, repeated or with commas, semicolons or blanks between several ids: each once. */
const listedIds = (texts: readonly string[] = []): readonly string[] => [
  ...new Set(texts.flatMap((text) => identifier(text).split(/[\s,;]+/)).filter((id) => id !== '')),
]

/** What was booked, or was taken to be booked later; undefined when the payment was not accepted. */
function amountPaid(
  { fields }: Message<'37'>,
  outcome: ChangeOutcome<FeePaid | FeeWaived>,
  { currency }: ReplyContext,
): Money | undefined {
  if (outcome.kind === 'done') return outcome.value.amount
  return outcome.kind === 'accepted' ? parseAmount(fields.BV ?? '', currency) : undefined
}

/** What becomes of the part that was paid beyond what was owed. */
function restText(outcome: ChangeOutcome<FeePaid | FeeWaived>, { catalogue, terminal }: ReplyContext): string[] {
  const rest = outcome.kind === 'done' && 'rest' in outcome.value ? outcome.value.rest : undefined
  if (rest === undefined) return []
  const words = terminal.profile.payments.overpayment === 'credit-note' ? catalogue.credited : catalogue.overpaid
  return [fill(words, { amount: amountInWords(rest) })]
}

/** The same payment always gets the same name, so that it can be found again whatever happened to us. */
const ownTransactionId = (identity: string): string =>
  `CB${createHash('sha256').update(identity).digest('hex').slice(0, 20)}`

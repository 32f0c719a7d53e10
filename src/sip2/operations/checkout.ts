import { type CheckedOut, type CheckoutInput, checkout } from '../../circulation/checkout.ts'
import { parseDate } from '../dates.ts'
import { type Message, reply } from '../message.ts'
import { type Operation, type OperationContext, identityOf } from './operation.ts'
import { refuseWrongPassword } from './password.ts'
import {
  dueDate,
  humanDate,
  institutionId,
  mayLeaveLibrary,
  mediaType,
  screenMessage,
  stamp,
  yesNo,
  identifier,
} from './values.ts'
import { fill } from '../texts/texts.ts'

/** 11 to 12. [SIP2 2.00 checkout] */
export const checkoutOperation: Operation<'11', CheckedOut> = {
  async execute(request, context) {
    const { circulation, visit, call, terminal } = context
    const patron = identifier(request.fields.AA)
    const barcode = identifier(request.fields.AB)
    const wrong = await refuseWrongPassword(patron, request.fields.AD, context)
    if (wrong) return wrong
    return checkout(
      {
        patron,
        barcode,
        place: terminal.place,
        visit,
        ownLoan: ownLoanPolicy(request, context),
        due: machineDueDate(request, context),
        wantItem: terminal.profile.sendMediaType || terminal.profile.sendMagnetic,
        identity: identityOf(request, context, patron, barcode, request.fields.BI ?? ''),
      },
      circulation,
      call,
    )
  },

  reply(request, outcome, context) {
    const common = { AO: institutionId(request.fields.AO, context), AA: request.fields.AA ?? '' }
    if (outcome.kind !== 'done') {
      return reply(
        '12',
        { ok: false, renewalOk: false, magneticMedia: 'N', desensitize: 'N', transactionDate: stamp(context) },
        { ...common, AB: request.fields.AB ?? '', AJ: '', AH: '', AF: screenMessage(outcome, context) },
      )
    }
    const { loan, renewed, item } = outcome.value
    return reply(
      '12',
      {
        ok: true,
        renewalOk: renewed,
        magneticMedia: yesNo(context.terminal.profile.sendMagnetic && (item?.magnetic ?? false)),
        desensitize: yesNo(mayLeaveLibrary(loan, context)),
        transactionDate: stamp(context),
      },
      {
        ...common,
        AB: request.fields.AB ?? '',
        AJ: loan.title,
        AH: dueDate(loan.due, context),
        ...(item && context.terminal.profile.sendMediaType && { CK: mediaType(item) }),
        AF: renewed ? [fill(context.catalogue.renewed, { due: humanDate(loan.due, context) })] : [],
      },
    )
  },
}

/** Cancelling a failed checkin lends the item again and is quiet when it still is on loan. */
function ownLoanPolicy(request: Message<'11'>, context: OperationContext): CheckoutInput['ownLoan'] {
  if (request.fields.BI === 'Y') return 'keep'
  const { renewOnCheckout } = context.terminal.profile
  if (renewOnCheckout === 'always') return 'renew'
  return renewOnCheckout === 'as-asked' && request.fixed.scRenewalPolicy ? 'renew' : 'refuse'
}

/** Only a transaction that already happened carries a due date that the patron was told. */
function machineDueDate(request: Message<'11'>, context: OperationContext): Date | undefined {
  return request.fixed.noBlock ? parseDate(request.fixed.nbDueDate, context.timeZone) : undefined
}

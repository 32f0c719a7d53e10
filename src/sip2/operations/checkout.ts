import { type CheckedOut, type CheckoutInput, checkout } from '../../circulation/checkout.ts'
import { asksForItem } from '../fields/finish-reply.ts'
import type { Profile } from '../terminal.ts'
import { type Message, reply } from '../message.ts'
import { type ChangeOperation, type OperationContext, identityOf, isReported, toldDueDate } from './operation.ts'
import { refusalFields, refuseUntilAccepted } from './fee-to-accept.ts'
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
import { checkoutWhenAway } from './when-away.ts'
import { fill } from '../texts/texts.ts'

/** 11 to 12. [SIP2 2.00 checkout] */
export const checkoutOperation: ChangeOperation<'11', CheckedOut> = {
  async execute(request, context) {
    const { circulation, visit, call, terminal } = context
    const patron = identifier(request.fields.AA)
    const barcode = identifier(request.fields.AB)
    const reported = isReported(request)
    const wrong = reported ? undefined : await refuseWrongPassword(patron, request.fields.AD, context)
    if (wrong) return wrong
    const acknowledged = request.fields.BO
    const unasked = reported || request.fields.BI === 'Y'
    const rules = unasked ? [] : terminal.profile.feesToAccept.checkout
    const fee = await refuseUntilAccepted(rules, { barcode, acknowledged }, context)
    if (fee) return fee
    return checkout(
      {
        patron,
        barcode,
        place: terminal.place,
        visit,
        ownLoan: ownLoanPolicy(request, context),
        due: toldDueDate(request, context),
        reported,
        whenAway: checkoutWhenAway(request, context),
        wantItem: wantsItem(terminal.profile),
        identity: identityOf(request, context, patron, barcode, request.fields.BI ?? ''),
      },
      circulation,
      call,
    )
  },

  reply(request, outcome, context) {
    const common = { AO: institutionId(request.fields.AO, context), AA: request.fields.AA ?? '' }
    if (outcome.kind === 'accepted') {
      return reply(
        '12',
        {
          ok: true,
          renewalOk: false,
          magneticMedia: 'N',
          // Whether the item must stay in the building is not known.
          desensitize: yesNo(context.terminal.profile.desensitize === 'always'),
          transactionDate: stamp(context),
        },
        {
          ...common,
          AB: request.fields.AB ?? '',
          AJ: '',
          AH: dueDate(outcome.due, context),
          AF: screenMessage(outcome, context),
        },
      )
    }
    if (outcome.kind !== 'done') {
      return reply(
        '12',
        { ok: false, renewalOk: false, magneticMedia: 'N', desensitize: 'N', transactionDate: stamp(context) },
        { ...common, AB: request.fields.AB ?? '', AJ: '', AH: '', ...refusalFields(outcome, context) },
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

const wantsItem = (profile: Profile): boolean => profile.sendMediaType || profile.sendMagnetic || asksForItem(profile)

/** Cancelling a failed checkin, or telling of an earlier loan, is quiet when the patron has the item. */
function ownLoanPolicy(request: Message<'11'>, context: OperationContext): CheckoutInput['ownLoan'] {
  if (request.fields.BI === 'Y' || isReported(request)) return 'keep'
  const { renewOnCheckout } = context.terminal.profile
  if (renewOnCheckout === 'always') return 'renew'
  return renewOnCheckout === 'as-asked' && request.fixed.scRenewalPolicy ? 'renew' : 'refuse'
}

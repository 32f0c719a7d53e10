import type { Loan } from '../../circulation/model.ts'
import { refused } from '../../circulation/outcome.ts'
import { type RenewedAll, renew, renewAll } from '../../circulation/renew.ts'
import type { WhenAway } from '../../circulation/when-away.ts'
import { reply } from '../message.ts'
import { fill } from '../texts/texts.ts'
import { type ChangeOperation, identityOf, isReported, toldDueDate } from './operation.ts'
import { refusalFields, renewalFees, refuseLoanUntilAccepted, refuseUntilAccepted } from './fee-to-accept.ts'
import { refuseWrongPassword } from './password.ts'
import { dueDate, institutionId, mayLeaveLibrary, screenMessage, stamp, yesNo, identifier } from './values.ts'

/** 29 to 30. [SIP2 2.00 renew] */
export const renewOperation: ChangeOperation<'29', Loan> = {
  async execute(request, context) {
    const { circulation, visit, call, terminal } = context
    const patron = identifier(request.fields.AA)
    const barcode = identifier(request.fields.AB)
    const title = identifier(request.fields.AJ)
    const reported = isReported(request)
    const wrong = reported ? undefined : await refuseWrongPassword(patron, request.fields.AD, context)
    if (wrong) return wrong
    const acknowledged = request.fields.BO
    const rules = reported ? [] : terminal.profile.feesToAccept.renew
    const fee = await refuseUntilAccepted(rules, { barcode, acknowledged }, context)
    if (fee) return fee
    const identity = identityOf(request, context, patron, barcode, title)
    const whenAway: WhenAway = { do: reported ? 'take' : 'refuse' }
    const due = toldDueDate(request, context)
    return renew({ patron, barcode, title, visit, due, reported, whenAway, identity }, circulation, call)
  },

  reply(request, outcome, context) {
    const loan = outcome.kind === 'done' ? outcome.value : undefined
    const ok = loan !== undefined || outcome.kind === 'accepted'
    return reply(
      '30',
      {
        ok,
        renewalOk: ok,
        magneticMedia: 'N',
        desensitize: yesNo(loan !== undefined && mayLeaveLibrary(loan, context)),
        transactionDate: stamp(context),
      },
      {
        AO: institutionId(request.fields.AO, context),
        AA: request.fields.AA ?? '',
        AB: request.fields.AB || (loan?.itemBarcode ?? ''),
        AJ: loan?.title ?? request.fields.AJ ?? '',
        AH: dueDate(outcome.kind === 'accepted' ? outcome.due : loan?.due, context),
        ...refusalFields(outcome, context),
      },
    )
  },
}

/**
 * 65 to 66. What costs something is left out until the patron has agreed to it; 66 has no field for a fee, so that the
 * screen message tells it. [SIP2 2.00 renew all]
 */
export const renewAllOperation: ChangeOperation<'65', RenewedAll> = {
  async execute(request, context) {
    const { circulation, visit, call, terminal } = context
    const patron = identifier(request.fields.AA)
    if (patron === '') return refused('patron-unknown')
    const wrong = await refuseWrongPassword(patron, request.fields.AD, context)
    if (wrong) return wrong
    const acknowledged = request.fields.BO === 'Y'
    const rules = terminal.profile.feesToAccept.renew
    const refuseLoan = (loan: Loan) => refuseLoanUntilAccepted(rules, loan, context)
    const identity = identityOf(request, context, patron, ...(acknowledged ? ['acknowledged'] : []))
    return renewAll({ patron, visit, identity, ...(!acknowledged && { refuseLoan }) }, circulation, call)
  },

  reply(request, outcome, context) {
    const AO = institutionId(request.fields.AO, context)
    if (outcome.kind !== 'done') {
      return reply(
        '66',
        { ok: outcome.kind === 'accepted', renewedCount: 0, unrenewedCount: 0, transactionDate: stamp(context) },
        { AO, AF: screenMessage(outcome, context) },
      )
    }
    const { renewed, unrenewed } = outcome.value
    const counts = { renewed: renewed.length.toString(), unrenewed: unrenewed.length.toString() }
    const doubtful = unrenewed.some(({ why }) => why.kind === 'unknown')
    return reply(
      '66',
      { ok: true, renewedCount: renewed.length, unrenewedCount: unrenewed.length, transactionDate: stamp(context) },
      {
        AO,
        BM: renewed.map((loan) => loan.itemBarcode),
        BN: unrenewed.map(({ loan }) => loan.itemBarcode),
        AF: [
          fill(context.catalogue.renewedAll, counts),
          ...renewalFees(
            unrenewed.map(({ why }) => why),
            context,
          ),
          ...(doubtful ? [context.catalogue.unknown] : []),
        ],
      },
    )
  },
}

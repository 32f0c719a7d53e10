import { type CheckedIn, type CheckinNotice, checkin } from '../../circulation/checkin.ts'
import type { AlertCause } from '../../runtime/config/schema.ts'
import { reply } from '../message.ts'
import type { AlertTypeCode } from '../spec/codes.ts'
import { fill } from '../texts/texts.ts'
import { type Operation, type ReplyContext, identityOf } from './operation.ts'
import { institutionId, mayLeaveLibrary, mediaType, screenMessage, stamp, yesNo, identifier } from './values.ts'

/** 09 to 10. [SIP2 2.00 checkin] */
export const checkinOperation: Operation<'09', CheckedIn> = {
  execute(request, context) {
    const { circulation, visit, call, terminal } = context
    const barcode = identifier(request.fields.AB)
    const identity = identityOf(request, context, barcode, request.fields.BI ?? '')
    return checkin({ barcode, place: terminal.place, visit, identity }, circulation, call)
  },

  reply(request, outcome, context) {
    const AO = institutionId(request.fields.AO, context)
    const AB = request.fields.AB ?? ''
    if (outcome.kind !== 'done') {
      return reply(
        '10',
        {
          ok: false,
          resensitize: false,
          magneticMedia: 'N',
          alert: alertsOn('refused', context),
          transactionDate: stamp(context),
        },
        { AO, AB, AQ: '', AF: screenMessage(outcome, context) },
      )
    }
    const { item, routing, notices } = outcome.value
    // A failed checkout that is cancelled must not ring.
    const quiet = request.fields.BI === 'Y'
    const alert = !quiet && causesOf(outcome.value).some((cause) => alertsOn(cause, context))
    const bin = sortBin(outcome.value, context)
    const alertType = quiet ? undefined : alertTypeOf(notices)
    return reply(
      '10',
      {
        ok: true,
        resensitize: mayLeaveLibrary(item, context),
        magneticMedia: yesNo(context.terminal.profile.sendMagnetic && item.magnetic),
        alert,
        transactionDate: stamp(context),
      },
      {
        AO,
        AB,
        AQ: item.permanentLocation.name || item.permanentLocation.code,
        AJ: item.title,
        ...(bin !== undefined && { CL: bin }),
        ...(context.terminal.profile.sendMediaType && { CK: mediaType(item) }),
        ...(alertType !== undefined && { CV: alertType }),
        ...(routing.to === 'transit' && routing.destination !== '' && { CT: routing.destination }),
        ...(item.callNumber !== '' && { CS: item.callNumber }),
        AF: quiet ? [] : notices.map((notice) => noticeText(notice, outcome.value, context)),
      },
    )
  },
}

/** CV, an extension of 3M: the gravest notice decides. */
const alertTypes: readonly (readonly [CheckinNotice, AlertTypeCode])[] = [
  ['hold-here', '01'],
  ['hold-elsewhere', '02'],
  ['other-library', '04'],
  ['department', '99'],
  ['note', '99'],
]

const alertTypeOf = (notices: readonly CheckinNotice[]): string | undefined =>
  alertTypes.find(([notice]) => notices.includes(notice))?.[1]

const causeOfNotice: Readonly<Record<CheckinNotice, AlertCause>> = {
  'hold-here': 'hold-shelf',
  'hold-elsewhere': 'transit',
  'other-library': 'transit',
  department: 'department',
  note: 'fulfilment-note',
}

function causesOf({ notices, routing }: CheckedIn): AlertCause[] {
  const causes = notices.map((notice) => causeOfNotice[notice])
  if (routing.reason === 'hold') causes.push('requested')
  if (routing.to === 'unknown') causes.push('unknown-destination')
  return causes
}

const alertsOn = (cause: AlertCause, context: ReplyContext): boolean => context.terminal.profile.alertOn.includes(cause)

/** CL by the first rule of which every condition holds; undefined sends none. */
function sortBin({ routing, item }: CheckedIn, context: ReplyContext): string | undefined {
  const { rules, default: otherwise } = context.terminal.profile.sortBins
  const holds = (allowed: readonly string[] | undefined, value: string) => allowed?.includes(value) ?? true
  const rule = rules.find(
    ({ when }) =>
      holds(when.destination, routing.to) &&
      holds(when.library, item.owningLibrary.code) &&
      holds(when.location, item.permanentLocation.code) &&
      holds(when.materialType, item.materialType) &&
      holds(when.policy, item.policy.code),
  )
  return rule?.bin ?? otherwise
}

function noticeText(notice: CheckinNotice, { routing, item }: CheckedIn, context: ReplyContext): string {
  const destination = routing.destination || item.owningLibrary.name
  return fill(context.catalogue.notice[notice], { destination })
}

import { type CheckedIn, type CheckinNotice, checkin } from '../../circulation/checkin.ts'
import type { Item, Routing } from '../../circulation/model.ts'
import type { AlertCause } from '../../runtime/config/schema.ts'
import { reply } from '../message.ts'
import { chooseBin, sortFactsOf } from '../sort-bins.ts'
import type { AlertTypeCode } from '../spec/codes.ts'
import { fill } from '../texts/texts.ts'
import { type ChangeOperation, type ReplyContext, identityOf, isReported, returnTimeOf } from './operation.ts'
import { institutionId, mayLeaveLibrary, mediaType, screenMessage, stamp, yesNo, identifier } from './values.ts'
import { checkinWhenAway } from './when-away.ts'

/** 09 to 10. [SIP2 2.00 checkin] */
export const checkinOperation: ChangeOperation<'09', CheckedIn> = {
  execute(request, context) {
    const { circulation, visit, call, terminal } = context
    const barcode = identifier(request.fields.AB)
    const identity = identityOf(request, context, barcode, request.fields.BI ?? '')
    const reported = isReported(request)
    const whenAway = checkinWhenAway(request, context)
    const { holdCapture, requestedItems } = terminal.profile
    return checkin(
      {
        barcode,
        place: terminal.place,
        onHoldShelf: holdCapture === 'institution' ? undefined : holdCapture === 'yes',
        // What has happened already is taken, and so is what a machine takes back from a checkout that failed.
        refuseRequested: requestedItems === 'refuse' && !reported && request.fields.BI !== 'Y',
        visit,
        reported,
        returned: returnTimeOf(request, context),
        whenAway,
        identity,
      },
      circulation,
      call,
    )
  },

  reply(request, outcome, context) {
    const AO = institutionId(request.fields.AO, context)
    const AB = request.fields.AB ?? ''
    // A failed checkout that is cancelled must not ring.
    const quiet = request.fields.BI === 'Y'
    if (outcome.kind === 'accepted') {
      const bin = sortBin(undefined, unknownRouting, context)
      return reply(
        '10',
        {
          ok: true,
          resensitize: context.terminal.profile.desensitize !== 'never',
          magneticMedia: 'N',
          alert: !quiet && alertsOn('unknown-destination', context),
          transactionDate: stamp(context),
        },
        { AO, AB, AQ: '', ...(bin !== undefined && { CL: bin }), AF: quiet ? [] : screenMessage(outcome, context) },
      )
    }
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
    const bin = sortBin(item, routing, context)
    const { profile } = context.terminal
    const alertType = alertTypeOf(notices)
    const alert =
      profile.alertTypes?.includes(alertType) ?? causesOf(outcome.value).some((cause) => alertsOn(cause, context))
    const sendsType = alertType === noAlert ? profile.alertTypeOnSuccess : !quiet
    const destination = destinationOf(outcome.value, context)
    return reply(
      '10',
      {
        ok: true,
        resensitize: mayLeaveLibrary(item, context),
        magneticMedia: yesNo(context.terminal.profile.sendMagnetic && item.magnetic),
        alert: alert && !quiet,
        transactionDate: stamp(context),
      },
      {
        AO,
        AB,
        AQ: item.permanentLocation.name || item.permanentLocation.code,
        AJ: item.title,
        ...(bin !== undefined && { CL: bin }),
        ...(context.terminal.profile.sendMediaType && { CK: mediaType(item) }),
        ...(sendsType && { CV: quiet ? noAlert : alertType }),
        ...(destination !== '' && { CT: destination }),
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

const noAlert = '00'

const alertTypeOf = (notices: readonly CheckinNotice[]): AlertTypeCode =>
  alertTypes.find(([notice]) => notices.includes(notice))?.[1] ?? noAlert

/** CT: where it travels, and with every checkin for a terminal that wants it so. */
function destinationOf({ item, routing }: CheckedIn, context: ReplyContext): string {
  if (routing.to === 'transit' && routing.destination !== '') return routing.destination
  if (!context.terminal.profile.destinationAlways) return ''
  return routing.destination || item.owningLibrary.name || item.owningLibrary.code
}

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

const unknownRouting: Routing = { to: 'unknown', destination: '', reason: 'other', requester: undefined }

/** CL; nothing is known of an item that was taken back while the library system was away. */
const sortBin = (item: Item | undefined, routing: Routing, { terminal }: ReplyContext): string | undefined =>
  chooseBin(sortFactsOf(item, routing, terminal.place), terminal.profile.sortBins)

function noticeText(notice: CheckinNotice, { routing, item }: CheckedIn, context: ReplyContext): string {
  const destination = routing.destination || item.owningLibrary.name
  return fill(context.catalogue.notice[notice], { destination })
}

import { changeHold } from '../../circulation/change-hold.ts'
import { cancelHold, placeHold } from '../../circulation/hold.ts'
import type { Hold, HoldCopies } from '../../circulation/model.ts'
import { type ChangeOutcome, refused } from '../../circulation/outcome.ts'
import type { NewHold } from '../../circulation/ports.ts'
import { formatDate, parseDate } from '../dates.ts'
import { type Message, reply } from '../message.ts'
import type { Catalogue } from '../texts/texts.ts'
import { type ChangeOperation, type OperationContext, identityOf } from './operation.ts'
import { refuseWrongPassword } from './password.ts'
import { defaultPickup, namedPickup, pickupCode } from './pickup.ts'
import { identifier, institutionId, screenMessage, sipDate, stamp } from './values.ts'

/** What the screen says by the mode of the request; a mode that is not here is none. [SIP2 2.00 hold mode] */
const modes: Readonly<Record<string, keyof Catalogue & ('holdPlaced' | 'holdChanged' | 'holdCancelled')>> = {
  '+': 'holdPlaced',
  '-': 'holdCancelled',
  '*': 'holdChanged',
}

/** 15 to 16: a hold is added, deleted or changed. [SIP2 2.00 hold] */
export const holdOperation: ChangeOperation<'15', Hold> = {
  async execute(request, context) {
    const { fields, fixed } = request
    const patron = identifier(fields.AA)
    if (!Object.hasOwn(modes, fixed.holdMode)) return refused('request-invalid')
    const wrong = await refuseWrongPassword(patron, fields.AD, context)
    if (wrong) return wrong
    const named = [fields.AB, fields.AJ, fields.BY, fields.BS, fields.BW].map(identifier)
    const identity = identityOf(request, context, fixed.holdMode, patron, ...named)
    if (fixed.holdMode === '+') return place(request, { patron, identity }, context)

    const { circulation, visit, call } = context
    const name = nameOf(request)
    if (name === undefined) return refused('item-unknown')
    if (fixed.holdMode === '-') {
      return cancelHold({ patron, ...name, note: '', visit, identity }, circulation, call)
    }
    const pickup = namedPickup(fields.BS, context)
    const lastInterest = lastDay(request, context)
    return changeHold({ patron, ...name, pickup, lastInterest, visit, identity }, circulation, call)
  },

  reply(request, outcome, context) {
    const { fields, fixed } = request
    const { AA = '', AB, AJ, BS } = fields
    const common = { AO: institutionId(fields.AO, context), AA }
    const transactionDate = stamp(context)
    if (outcome.kind !== 'done') {
      return reply(
        '16',
        { ok: outcome.kind === 'accepted', available: false, transactionDate },
        { ...common, ...(AB && { AB }), ...(AJ && { AJ }), AF: screenMessage(outcome, context) },
      )
    }
    const hold = outcome.value
    const words = modes[fixed.holdMode]
    const gone = fixed.holdMode === '-'
    const queue = gone ? undefined : hold.queuePosition
    return reply(
      '16',
      { ok: true, available: !gone && hold.state !== 'waiting', transactionDate },
      {
        ...common,
        ...(!gone && hold.expires && { BW: sipDate(hold.expires, context) }),
        ...(queue !== undefined && { BR: queue.toString() }),
        ...(hold.pickup.library !== '' && { BS: BS || pickupCode(hold, context) }),
        ...(barcodeOf(hold, AB) !== '' && { AB: barcodeOf(hold, AB) }),
        AJ: hold.title || (AJ ?? ''),
        AF: words === undefined ? [] : [context.catalogue[words]],
      },
    )
  },
}

async function place(
  request: Message<'15'>,
  { patron, identity }: { readonly patron: string; readonly identity: string },
  context: OperationContext,
): Promise<ChangeOutcome<Hold>> {
  const { circulation, visit, call } = context
  const target = targetOf(request)
  if (target === undefined) return refused('item-unknown')
  const pickup = namedPickup(request.fields.BS, context) ?? defaultPickup(context)
  return placeHold(
    {
      patron,
      target,
      copies: copiesOf(request, pickup.library),
      pickup,
      lastInterest: lastDay(request, context),
      comment: '',
      visit,
      identity,
    },
    circulation,
    call,
  )
}

/** The item where one is named: it tells its title, and a title in words would tell nothing. */
function targetOf({ fields }: Message<'15'>): NewHold['target'] | undefined {
  const barcode = identifier(fields.AB)
  const titleId = identifier(fields.AJ)
  if (barcode !== '') return { barcode }
  return titleId === '' ? undefined : { titleId }
}

/** BY; the branch of a hold on any copy at one branch is where it is to be fetched. [SIP2 2.00 hold type] */
function copiesOf({ fields }: Message<'15'>, library: string): HoldCopies | undefined {
  const types: Readonly<Record<string, HoldCopies>> = { '2': 'any', '3': 'this', '4': { library } }
  return types[fields.BY ?? '']
}

/** Which hold is meant when it is there already. */
function nameOf(request: Message<'15'>) {
  const target = targetOf(request)
  if (target === undefined) return undefined
  const name = { holdId: undefined, barcode: undefined, titleId: undefined }
  return { ...name, ...target }
}

/** BW: the day at the library, as YYYY-MM-DD. */
function lastDay({ fields }: Message<'15'>, { timeZone }: OperationContext): string | undefined {
  const date = parseDate(fields.BW ?? '', timeZone)
  if (date === undefined) return undefined
  const day = formatDate(date, timeZone)
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`
}

/** A hold that any copy may fill names the copy only once it is chosen. */
const barcodeOf = (hold: Hold, asked: string | undefined): string => hold.itemBarcode || (asked ?? '')

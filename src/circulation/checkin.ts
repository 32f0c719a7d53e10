import type { CheckedOut } from './checkout.ts'
import type { Circulation } from './circulation.ts'
import type { Item, ItemState, Place, Routing, ScannedIn } from './model.ts'
import { findOwn } from './own-changes.ts'
import { type Attempt, once } from './once.ts'
import { type ChangeOutcome, type NotDone, type Outcome, done, refused } from './outcome.ts'
import type { Call } from './ports.ts'
import { carryOut, clockSkewMs } from './settle.ts'
import type { Visit } from './visit.ts'
import type { WhenAway } from './when-away.ts'

export interface CheckinInput {
  readonly barcode: string
  readonly place: Place
  /** See `ScanPlace.onHoldShelf`. */
  readonly onHoldShelf?: boolean | undefined
  /** An item that another patron waits for is refused, since staff must take it. */
  readonly refuseRequested?: boolean
  readonly visit: Visit
  /** The machine took it back while it was off line. */
  readonly reported: boolean
  /**
   * When it came back by the machine's word, where that was earlier, such as in the night's book drop. The library
   * system takes no such date with a scan; it is kept for whoever books at the true time.
   */
  readonly returned?: Date | undefined
  readonly whenAway: WhenAway
  /** See `Change.identity`. */
  readonly identity: string
}

/** Why staff should look at a returned item. */
export type CheckinNotice = 'hold-here' | 'hold-elsewhere' | 'other-library' | 'department' | 'note'

export interface CheckedIn {
  readonly item: Item
  readonly routing: Routing
  readonly notices: readonly CheckinNotice[]
}

/** Takes an item back by scanning it at the desk: one call when its keys are known, else one more. */
export async function checkin(
  input: CheckinInput,
  circulation: Circulation,
  call: Call,
): Promise<ChangeOutcome<CheckedIn>> {
  if (input.barcode === '') return refused('item-unknown')
  const { barcode, place, onHoldShelf, reported, returned, whenAway, identity } = input
  return once(
    {
      kind: 'checkin',
      identity,
      subject: barcode,
      details: {
        item: barcode,
        place,
        ...(onHoldShelf !== undefined && { onHoldShelf }),
        ...(reported && { reported }),
        ...(returned && { returned }),
      },
      whenAway,
    },
    circulation,
    call,
    (attempt) => takeBackOnce(input, attempt, circulation, call),
  )
}

export async function takeBackOnce(
  input: Pick<CheckinInput, 'barcode' | 'place' | 'onHoldShelf' | 'refuseRequested' | 'visit'>,
  attempt: Attempt,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<CheckedIn>> {
  const { system } = circulation
  const { barcode, place, onHoldShelf, visit } = input
  const scan = () => system.items.scanIn(barcode, { ...place, onHoldShelf }, call)
  const scanned = await carryOut<ScannedIn>(
    {
      attempt,
      send: async () => {
        const taken = attempt.happenedAt && (await refuseIfLentSince(barcode, attempt.happenedAt, circulation, call))
        if (taken) return taken
        const wanted = input.refuseRequested ? await refuseIfRequested(barcode, circulation, call) : undefined
        return wanted ?? scan()
      },
      find: async () => {
        const item = await system.items.find(barcode, call)
        if (item.kind !== 'done') return item
        if (item.value.state === 'on-loan') return done(undefined)
        const returned = await system.loans.lastReturn(barcode, call)
        if (returned.kind === 'done' && isSince(returned.value, attempt.since)) {
          return done({ item: item.value, routing: routeOf(item.value) })
        }
        // That it is not on loan proves no scan, but it is what was asked for. A second scan ends where the first one did,
        // and says where; when nobody waits for that, none is made.
        return attempt.lookOnly ? done({ item: item.value, routing: routeOf(item.value) }) : scan()
      },
    },
    circulation,
    call,
  )
  if (scanned.kind !== 'done') return scanned
  visit.forgetLoan(barcode)
  visit.forgetCounts()
  return done({ ...scanned.value, notices: noticesOf(scanned.value) })
}

/** One call more, since only the item's own record says that somebody waits for it. */
async function refuseIfRequested(barcode: string, { system }: Circulation, call: Call): Promise<NotDone | undefined> {
  const found = await system.items.find(barcode, call)
  if (found.kind !== 'done') return found
  return found.value.requested === true ? refused('item-requested') : undefined
}

/**
 * A promise that is kept late must not end the loan of somebody who got the item elsewhere meanwhile. What we lent
 * ourselves since was promised before.
 */
async function refuseIfLentSince(
  barcode: string,
  happenedAt: Date,
  circulation: Circulation,
  call: Call,
): Promise<NotDone | undefined> {
  const found = await circulation.system.loans.ofItem(barcode, call)
  if (found.kind !== 'done') return found.kind === 'refused' ? undefined : found
  const loan = found.value
  if (loan?.loanedAt === undefined || loan.loanedAt.getTime() <= happenedAt.getTime() + clockSkewMs) return undefined
  const own = await findOwn<CheckedOut>('checkout', { item: barcode }, happenedAt, circulation)
  return own.some((lent) => lent.loan.id === loan.id)
    ? undefined
    : refused('item-on-loan-to-other', '', 'lent since it was returned')
}

function noticesOf({ item, routing }: ScannedIn): CheckinNotice[] {
  const notices: CheckinNotice[] = []
  if (routing.to === 'hold-shelf') notices.push('hold-here')
  if (routing.to === 'transit') notices.push(routing.reason === 'hold' ? 'hold-elsewhere' : 'other-library')
  if (routing.to === 'department') notices.push('department')
  if (item.fulfilmentNote !== '') notices.push('note')
  return notices
}

const isSince = (time: Date | undefined, begun: Date): boolean =>
  time !== undefined && time.getTime() >= begun.getTime() - clockSkewMs

const destinationByState: Partial<Record<ItemState, Routing['to']>> = {
  available: 'shelf',
  'awaiting-reshelving': 'shelf',
  'on-hold-shelf': 'hold-shelf',
  'in-transit': 'transit',
  'in-process': 'department',
}

/** What an item's own state tells of its way, when the answer to the scan that returned it was lost. */
function routeOf(item: Item): Routing {
  return {
    to: destinationByState[item.state] ?? 'unknown',
    destination: '',
    reason: item.requested === true ? 'hold' : 'none',
    requester: undefined,
  }
}

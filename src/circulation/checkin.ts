import type { Circulation } from './circulation.ts'
import type { Item, ItemState, Place, Routing, ScannedIn } from './model.ts'
import { once } from './once.ts'
import { type Outcome, done, refused } from './outcome.ts'
import type { Call } from './ports.ts'
import { carryOut, clockSkewMs } from './settle.ts'
import type { Visit } from './visit.ts'

export interface CheckinInput {
  readonly barcode: string
  readonly place: Place
  readonly visit: Visit
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
export async function checkin(input: CheckinInput, circulation: Circulation, call: Call): Promise<Outcome<CheckedIn>> {
  if (input.barcode === '') return refused('item-unknown')
  const { barcode, place, identity } = input
  return once(
    { kind: 'checkin', identity, subject: barcode, details: { item: barcode, place } },
    circulation,
    call,
    async (attempt) => {
      const { system } = circulation
      const scanned = await carryOut<ScannedIn>(
        {
          attempt,
          send: () => system.items.scanIn(barcode, place, call),
          find: async () => {
            const item = await system.items.find(barcode, call)
            if (item.kind !== 'done') return item
            if (item.value.state === 'on-loan') return done(undefined)
            const returned = await system.loans.lastReturn(barcode, call)
            if (returned.kind === 'done' && isSince(returned.value, attempt.since)) {
              return done({ item: item.value, routing: routeOf(item.value) })
            }
            // That it is not on loan proves no scan. A second one ends where the first one did, and says where.
            return system.items.scanIn(barcode, place, call)
          },
        },
        circulation,
        call,
      )
      if (scanned.kind !== 'done') return scanned
      input.visit.forgetLoan(barcode)
      input.visit.forgetCounts()
      return done({ ...scanned.value, notices: noticesOf(scanned.value) })
    },
  )
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

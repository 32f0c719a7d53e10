/** The whole state as one object, in Alma's own words, for tests and for people. */
import { renderFee } from '../render/fee.ts'
import { renderItem } from '../render/item.ts'
import { renderLoan } from '../render/loan.ts'
import { renderRequest } from '../render/request.ts'
import { renderUser } from '../render/user.ts'
import type { RenderedObject } from '../state/shape.ts'
import type { Store } from '../state/store.ts'

export interface StateDump {
  readonly users: readonly RenderedObject[]
  /** Items as the API shows them, with the count of in-house uses and the library to which they travel. */
  readonly items: readonly RenderedObject[]
  readonly loans: readonly RenderedObject[]
  readonly requests: readonly RenderedObject[]
  readonly fees: readonly RenderedObject[]
  /** Slips that scans put in the print queue. */
  readonly slips: readonly RenderedObject[]
}

export function dumpState(store: Store): StateDump {
  const link = (...parts: readonly string[]): string => `/almaws/v1/${parts.map(encodeURIComponent).join('/')}`
  const expand = new Set(['loans', 'requests', 'fees'])
  return {
    users: [...store.users.values()].map((user) => renderUser(user, store, { link, expand })),
    items: [...store.itemsByPid.values()].map((item) => ({
      ...renderItem(item, store, { link, dueDate: true }),
      in_house_uses: item.inHouseUses,
      in_transit_to: item.transitTo ?? null,
    })),
    loans: [...store.loans.values()].map((loan) => renderLoan(loan, store, { link, renewable: true })),
    requests: [...store.requests.values()].map((request) => renderRequest(request, store)),
    fees: [...store.fees.values()].map((fee) => renderFee(fee, store, link)),
    slips: store.slips.map(({ letter, itemBarcode, at }) => ({
      letter,
      item_barcode: itemBarcode,
      time: new Date(at).toISOString(),
    })),
  }
}

/** Bare objects with nothing but what identifies them. */
import type { Bib, Holding, Item, User, UserRecord } from './entities.ts'
import type { Stored } from './shape.ts'

export function newUser(primaryId: string, record: UserRecord, now: number): User {
  return {
    primaryId,
    record,
    password: undefined,
    pin: undefined,
    modifiedAt: now,
    loans: new Map(),
    pastLoans: [],
    requests: new Map(),
    pastRequests: [],
    fees: [],
  }
}

export function newBib(mmsId: string): Bib {
  return {
    mmsId,
    title: '',
    author: '',
    isbn: '',
    issn: '',
    publisher: '',
    place: '',
    year: '',
    edition: '',
    networkNumbers: [],
    items: [],
    queue: [],
    indexStaleUntil: 0,
  }
}

const noData: Stored = Object.freeze({})

/** An item in place; it joins the items of its title. */
export function newItem(pid: string, barcode: string, holding: Holding, now: number): Item {
  const item: Item = {
    pid,
    barcode,
    holding,
    data: noData,
    temporary: undefined,
    copyId: '',
    createdAt: now,
    modifiedAt: now,
    process: '',
    transitTo: undefined,
    workOrder: undefined,
    reshelvedAt: 0,
    loan: undefined,
    request: undefined,
    inHouseUses: 0,
  }
  holding.bib.items.push(item)
  return item
}

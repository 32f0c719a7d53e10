/** Reads an item of sample data, with the title and the holding that it belongs to. */
import type { Bib, Holding, Item } from './entities.ts'
import { itemMembers } from './item-members.ts'
import { newBib, newItem } from './make.ts'
import type { SampleItem } from './sample-data.ts'
import { codeOf, flagOf, listOf, readShape } from './shape.ts'
import type { Store } from './store.ts'
import { readDate } from './local-time.ts'

export function loadItem(sample: SampleItem, store: Store): Item {
  const bib = findOrMakeBib(sample, store)
  const holding = findOrMakeHolding(sample, bib, store)
  const item = newItem(codeOf(sample.pid) || store.ids.next('item'), codeOf(sample.barcode), holding, store.now())
  item.data = readShape(itemMembers, sample)
  item.copyId = codeOf(sample.copy_id)
  item.process = codeOf(sample.process_type)
  if (item.process.startsWith('TRANSIT')) item.transitTo = sample.in_transit_to ?? holding.library
  if (item.process === 'WORK_ORDER_DEPARTMENT') {
    item.workOrder = { type: codeOf(sample.work_order_type), department: codeOf(sample.work_order_at), status: '' }
  }
  if (flagOf(sample.in_temp_location)) {
    item.temporary = {
      library: codeOf(sample.temp_library) || holding.library,
      location: codeOf(sample.temp_location) || holding.location,
      policy: codeOf(sample.temp_policy),
      dueBack: readDate(sample.due_back_date, store.now(), store.institution.zone),
      callNumberType: codeOf(sample.temp_call_number_type),
      callNumber: codeOf(sample.temp_call_number),
    }
  }
  store.addItem(item)
  return item
}

function findOrMakeBib(sample: SampleItem, store: Store): Bib {
  const title = codeOf(sample.title)
  const author = codeOf(sample.author)
  const mmsId = codeOf(sample.mms_id)
  if (mmsId && store.bibs.has(mmsId)) return store.bibs.get(mmsId) as Bib
  if (!mmsId && title) {
    for (const bib of store.bibs.values()) if (bib.title === title && bib.author === author) return bib
  }
  const bib = newBib(mmsId || store.ids.next('mms'))
  bib.title = title || `Untitled ${sample.barcode}`
  bib.author = author
  bib.isbn = codeOf(sample.isbn)
  bib.issn = codeOf(sample.issn)
  bib.publisher = codeOf(sample.publisher_const)
  bib.place = codeOf(sample.place_of_publication)
  bib.year = codeOf(sample.date_of_publication)
  bib.edition = codeOf(sample.complete_edition)
  bib.networkNumbers = listOf(sample.network_number).map(codeOf)
  return bib
}

function findOrMakeHolding(sample: SampleItem, bib: Bib, store: Store): Holding {
  const library = codeOf(sample.library) || libraryOfLocation(codeOf(sample.location), store)
  const location = codeOf(sample.location) || (store.library(library)?.defaultLocation ?? '')
  const callNumber = codeOf(sample.call_number)
  const known = bib.items.find(
    ({ holding }) => holding.library === library && holding.location === location && holding.callNumber === callNumber,
  )
  if (known) return known.holding
  const holdingId = codeOf(sample.holding_id) || store.ids.next('holding')
  return { holdingId, bib, library, location, callNumber, callNumberType: codeOf(sample.call_number_type) || '8' }
}

/** The first library that has a location of that code, else the first library. */
function libraryOfLocation(location: string, store: Store): string {
  const libraries = [...store.institution.libraries.values()]
  return (libraries.find((library) => library.locations.has(location)) ?? libraries[0])?.code ?? ''
}

/** Loans over Alma's Users and Bibs APIs. */
import type { Loan, LoanState } from '../circulation/model.ts'
import { done, type Outcome, refused } from '../circulation/outcome.ts'
import type { Call, Clock, Listed, Loans, Page } from '../circulation/ports.ts'
import { type AlmaClient, type AlmaRequest, changing, reading } from './client.ts'
import type { AlmaConfig } from './config.ts'
import { type ItemDirectory, itemSegments, itemTemplate, makeItemIds } from './item-ids.ts'
import { type JsonObject, readCode, readCoded, readFlag, readList, readObject, readStatus, readText } from './json.ts'
import { LruCache } from './lru.ts'
import { readPages } from './pages.ts'
import type { StaleIndex } from './stale-index.ts'
import { readInstant } from './time.ts'

/** "Renewed Successfully" among the codes of `last_renew_status`. */
const renewed = '401193'

const loanTemplate = '/users/{user_id}/loans/{loan_id}'

/** Due dates that answers told, so that a renewal can be compared with what was before it. */
const knownDues = { entries: 20_000, ttlMs: 60 * 60 * 1_000 }

export function createLoans(parts: {
  client: AlmaClient
  directory: ItemDirectory
  staleIndex: StaleIndex
  config: AlmaConfig
  clock: Clock
}): Loans {
  const { client, directory, staleIndex, config, clock } = parts
  const dues = new LruCache<number>({ ...knownDues, now: () => clock.monotonic() })

  function learn(loan: Loan): Loan {
    directory.learn(loan.itemBarcode, loan.itemIds)
    if (loan.due !== undefined) dues.set(loan.id, loan.due.getTime())
    return loan
  }

  /** Sends a change that Alma answers with the loan as it is now. */
  async function change(request: AlmaRequest, call: Call): Promise<Outcome<JsonObject>> {
    const reply = await client.send(request, call)
    if (reply.kind !== 'done') return reply.outcome
    return readText(reply.value.body['loan_id']) === '' ? client.distrust(request).outcome : done(reply.value.body)
  }

  const listOfItem = (barcode: string, query: Readonly<Record<string, string>>, call: Call) =>
    directory.withIds(barcode, call, (ids) =>
      client.send(
        reading({ operation: 'loans', template: `${itemTemplate}/loans`, segments: itemSegments(ids), query }),
        call,
      ),
    )

  return {
    /** [Alma users: loans] */
    async ofPatron(patronId: string, page: Page, call: Call): Promise<Outcome<Listed<Loan>>> {
      const request = reading({
        operation: 'loans',
        template: '/users/{user_id}/loans',
        segments: { user_id: patronId },
        query: { order_by: 'due_date', direction: 'ASC', expand: 'renewable', loan_status: 'Active' },
      })
      const list = { member: 'item_loan', page, listLength: config.limits.listLength }
      const reply = await readPages(client, request, list, call)
      if (reply.kind !== 'done') return reply.outcome
      return done({ entries: reply.value.entries.map((loan) => learn(readLoan(loan))), total: reply.value.total })
    },

    /** [Alma bibs: item loans] */
    async ofItem(barcode: string, call: Call): Promise<Outcome<Loan | undefined>> {
      const reply = await listOfItem(barcode, { loan_status: 'Active' }, call)
      if (reply.kind !== 'done') return reply.outcome
      const loans = readList(reply.value.body['item_loan']).map(readLoan)
      const active = loans.find((loan) => loan.state !== 'returned')
      return done(active === undefined ? undefined : learn(active))
    },

    /** [Alma bibs: loans of an item] An institution that anonymises its loans has no past ones. */
    async lastReturn(barcode: string, call: Call): Promise<Outcome<Date | undefined>> {
      const past = { loan_status: 'Complete', order_by: 'return_date', direction: 'DESC', limit: '1' }
      const reply = await listOfItem(barcode, past, call)
      if (reply.kind !== 'done') return reply.outcome
      return done(readList(reply.value.body['item_loan']).map(readLoan)[0]?.returnedAt)
    },

    /** [Alma users: create loan] */
    async create({ patron, barcode, place }, call: Call): Promise<Outcome<Loan>> {
      if (barcode === '') return refused('item-unknown', '', 'UNFIT_IDENTIFIER')
      const request = changing({
        operation: 'loan',
        method: 'POST',
        template: '/users/{user_id}/loans',
        segments: { user_id: patron },
        query: { item_barcode: barcode },
        body: { circ_desk: { value: place.circulationDesk }, library: { value: place.library } },
      })
      const outcome = await change(request, call)
      if (outcome.kind !== 'done') return outcome
      const loan = learn(readLoan(outcome.value))
      staleIndex.noteLoan(loan, patron)
      return done(loan)
    },

    /** [Alma users: renew loan] A success that did not renew is a refusal. */
    async renew({ patronId, loanId }, call: Call): Promise<Outcome<Loan>> {
      const before = dues.get(loanId)
      const request = changing({
        operation: 'renew',
        method: 'POST',
        template: loanTemplate,
        segments: { user_id: patronId, loan_id: loanId },
        query: { op: 'renew' },
      })
      const outcome = await change(request, call)
      if (outcome.kind !== 'done') return outcome
      const loan = learn(readLoan(outcome.value))
      const doubt = doubtRenewal(outcome.value, loan, before, config.options.renewal)
      return doubt === undefined ? done(loan) : refused('renewal-refused', '', doubt)
    },

    /** [Alma users: change due date] */
    async setDueDate({ patronId, loanId, due }, call: Call): Promise<Outcome<Loan>> {
      const request = changing({
        operation: 'due-date',
        method: 'PUT',
        template: loanTemplate,
        segments: { user_id: patronId, loan_id: loanId },
        body: { due_date: `${due.toISOString().slice(0, 19)}Z` },
      })
      const outcome = await change(request, call)
      return outcome.kind === 'done' ? done(learn(readLoan(outcome.value))) : outcome
    },
  }
}

/** Why an answered renewal did not renew, or undefined when nothing speaks against it. */
function doubtRenewal(
  answer: JsonObject,
  loan: Loan,
  before: number | undefined,
  rules: AlmaConfig['options']['renewal'],
): string | undefined {
  const codes = readRenewalCodes(answer)
  if (rules.requireStatus && codes.length > 0 && !codes.includes(renewed)) return codes.join(' ')
  if (!rules.requireLaterDue || before === undefined || loan.due === undefined) return undefined
  return loan.due.getTime() > before ? undefined : 'DUE_DATE_NOT_LATER'
}

/** Codes of the last attempt at a renewal, as in `401167;401166;`. */
function readRenewalCodes(loan: JsonObject): readonly string[] {
  const codes = readCode(loan['last_renew_status']).split(';')
  return codes.map((code) => code.trim()).filter((code) => /^\d+$/.test(code))
}

const loanStates: Readonly<Record<string, LoanState>> = {
  RECALL: 'recalled',
  LOST: 'lost',
  CLAIMED_RETURN: 'claimed-returned',
  CLAIMED_RETURNED: 'claimed-returned',
}

export function readLoan(loan: JsonObject): Loan {
  const returned = readStatus(loan['loan_status']) === 'COMPLETE'
  const lastRenewal = readRenewalCodes(loan)
  return {
    id: readText(loan['loan_id']),
    patronId: readText(loan['user_id']),
    itemBarcode: readText(loan['item_barcode']),
    itemIds: makeItemIds(readText(loan['mms_id']), readText(loan['holding_id']), readText(loan['item_id'])),
    title: readText(loan['title']),
    author: readText(loan['author']),
    callNumber: readText(loan['call_number']),
    policy: readCoded(loan['item_policy']),
    library: readCoded(loan['library']),
    location: readCoded(readObject(loan['location_code'])),
    loanedAt: readInstant(loan['loan_date']),
    renewedAt:
      lastRenewal.length === 0 || lastRenewal.includes(renewed) ? readInstant(loan['last_renew_date']) : undefined,
    due: readInstant(loan['due_date']),
    state: returned ? 'returned' : (loanStates[readStatus(loan['process_status'])] ?? 'normal'),
    renewable: readFlag(loan['renewable']),
    returnedAt: readInstant(loan['return_date']),
  }
}

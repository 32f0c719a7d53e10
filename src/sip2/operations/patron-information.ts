import { type Account, isOverdue, mostListed, readAccount } from '../../circulation/account.ts'
import type { Fee, Hold, Loan } from '../../circulation/model.ts'
import { type Message, reply } from '../message.ts'
import { feeDetails } from './fee-details.ts'
import type { Operation, ReplyContext } from './operation.ts'
import { templated } from '../fields/templates.ts'
import { type PatronView, isOpen, patronFields, viewPatron } from './patron-view.ts'
import { amountOf, institutionId, stamp, identifier } from './values.ts'

/** The lists of 64 by their position in the summary of 63; the last one is an extension. [SIP2 2.00 summary] */
const summaryLists = ['holds', 'overdue', 'charged', 'fines', 'recalls', 'unavailableHolds', 'feeDetails'] as const
type AskedList = (typeof summaryLists)[number]
type ListName = Exclude<AskedList, 'feeDetails'>

const listFields = {
  holds: 'AS',
  overdue: 'AT',
  charged: 'AU',
  fines: 'AV',
  recalls: 'BU',
  unavailableHolds: 'CD',
} as const satisfies Record<ListName, string>

/** 63 to 64. [SIP2 2.00 patron information] */
export const patronInformationOperation: Operation<'63', PatronView<Account>> = {
  execute(request, context) {
    const { circulation, visit, call } = context
    const exact = context.terminal.profile.exactCounts
    const list = askedList(request)
    const want = {
      loans: exact || list === 'overdue' || list === 'charged' || list === 'recalls',
      holds: exact || list === 'holds' || list === 'unavailableHolds',
      fees: exact || list === 'fines' || list === 'feeDetails',
    }
    const patron = identifier(request.fields.AA)
    return viewPatron(
      patron,
      request.fields.AD,
      context,
      () => readAccount({ patron, visit, want }, circulation, call),
      ({ loans }) => loans?.filter((loan) => isOverdue(loan, context.now)).length,
    )
  },

  reply(request, outcome, context) {
    const { status, fields } = patronFields(outcome, context)
    const view = outcome.kind === 'done' && isOpen(outcome.value, context) ? outcome.value : undefined
    const lists = view ? listsOf(view.account, context) : emptyLists
    const counts = view ? countsOf(view.account, lists) : emptyCounts
    return reply(
      '64',
      {
        patronStatus: status,
        language: request.fixed.language,
        transactionDate: stamp(context),
        holdItemsCount: counts.holds,
        overdueItemsCount: counts.overdue,
        chargedItemsCount: counts.charged,
        fineItemsCount: counts.fines,
        recallItemsCount: counts.recalls,
        unavailableHoldsCount: counts.unavailableHolds,
      },
      {
        AO: institutionId(request.fields.AO, context),
        AA: request.fields.AA ?? '',
        ...fields,
        ...(view ? limitsOf(context) : {}),
        ...listField(request, lists, context),
        ...(view && context.terminal.profile.sendContact ? contactOf(view.account) : {}),
      },
      feeDetails(
        askedList(request) === 'feeDetails' ? pageOf(view?.account.fees ?? [], request, context) : [],
        context,
      ),
    )
  },
}

type Lists = Readonly<Record<ListName, readonly string[] | undefined>>
type Counts = Readonly<Record<ListName, number>>

const emptyLists: Lists = {
  holds: [],
  overdue: [],
  charged: [],
  fines: [],
  recalls: [],
  unavailableHolds: [],
}
const emptyCounts: Counts = { holds: 0, overdue: 0, charged: 0, fines: 0, recalls: 0, unavailableHolds: 0 }

/** One list a request: the first position that says Y. */
function askedList(request: Message<'63'>): AskedList | undefined {
  const at = request.fixed.summary.toUpperCase().indexOf('Y')
  return summaryLists[at]
}

function listsOf({ loans, holds, fees }: Account, context: ReplyContext): Lists {
  const byTitle = context.terminal.profile.itemLists === 'title'
  const loanLine = (field: 'AT' | 'AU' | 'BU') => (loan: Loan) =>
    templated(field, { loan }, context) ?? ((byTitle ? loan.title : loan.itemBarcode) || loan.title)
  const holdLine = (field: 'AS' | 'CD') => (hold: Hold) =>
    templated(field, { hold }, context) ?? ((byTitle ? hold.title : hold.itemBarcode) || hold.title)
  return {
    holds: holds?.filter(isReady).map(holdLine('AS')),
    overdue: loans?.filter((loan) => isOverdue(loan, context.now)).map(loanLine('AT')),
    charged: loans?.map(loanLine('AU')),
    fines: fees?.map((fee) => templated('AV', { fee }, context) ?? fineLine(fee)),
    recalls: loans?.filter((loan) => loan.state === 'recalled').map(loanLine('BU')),
    unavailableHolds: holds?.filter((hold) => !isReady(hold)).map(holdLine('CD')),
  }
}

/** A fine leads with its id, so that a pay station can name it in CG. */
const fineLine = (fee: Fee): string =>
  [fee.id, amountOf(fee.balance), fee.balance.currency, fee.type.name, fee.title]
    .filter((part) => part !== '')
    .join(' ')

const isReady = (hold: Hold): boolean => hold.state === 'on-hold-shelf'

/**
 * Lists that were not read, or not to their end, count as the library system counts them; which holds are ready is not
 * known then.
 */
function countsOf({ patron }: Account, lists: Lists): Counts {
  return {
    holds: lists.holds?.length ?? patron.counts.holds,
    overdue: lists.overdue?.length ?? 0,
    charged: countOf(lists.charged, patron.counts.loans),
    fines: lists.fines?.length ?? (patron.balance.minor > 0 ? 1 : 0),
    recalls: lists.recalls?.length ?? 0,
    unavailableHolds: lists.unavailableHolds?.length ?? 0,
  }
}

const countOf = (list: readonly string[] | undefined, counted: number): number =>
  list !== undefined && list.length < mostListed ? list.length : Math.max(list?.length ?? 0, counted)

/** The asked list; fee details are no list, but several fields for each fee. */
function listField(
  request: Message<'63'>,
  lists: Lists,
  context: ReplyContext,
): Partial<Record<string, readonly string[]>> {
  const name = askedList(request)
  if (name === undefined || name === 'feeDetails') return {}
  const entries = lists[name]
  return entries ? { [listFields[name]]: pageOf(entries, request, context) } : {}
}

/** BP to BQ: counted from 1, both included. */
function pageOf<T>(entries: readonly T[], { fields }: Message<'63'>, context: ReplyContext): readonly T[] {
  const first = positiveInteger(fields.BP) ?? 1
  const last = positiveInteger(fields.BQ) ?? first + context.terminal.profile.itemsPerPage - 1
  return entries.slice(first - 1, last)
}

function positiveInteger(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? ''
  return /^\d+$/.test(trimmed) && Number(trimmed) > 0 ? Number(trimmed) : undefined
}

function limitsOf({ limits, currency }: ReplyContext): { CA?: string; CB?: string; CC?: string } {
  return {
    ...(limits.overdue === undefined ? {} : { CA: limits.overdue.toString() }),
    ...(limits.loans === undefined ? {} : { CB: limits.loans.toString() }),
    ...(limits.fees === undefined ? {} : { CC: amountOf({ minor: limits.fees, currency }) }),
  }
}

/** BD, BE, BF: the preferred one of each, else the first. */
function contactOf({ patron: { contact } }: Account): { BD?: string; BE?: string; BF?: string } {
  const preferred = <T extends { preferred: boolean }>(all: readonly T[]) => all.find((one) => one.preferred) ?? all[0]
  const address = preferred(contact.addresses)
  const email = preferred(contact.emails)
  const phone = preferred(contact.phones)
  const town = address ? [address.postalCode, address.city].filter((part) => part !== '').join(' ') : ''
  return {
    ...(address && { BD: [...address.lines, town, address.country].filter((part) => part !== '').join(', ') }),
    ...(email && { BE: email.address }),
    ...(phone && { BF: phone.number }),
  }
}

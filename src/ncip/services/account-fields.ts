import type { Fee, FeeKind, Hold, HoldState, Loan, Money } from '../../circulation/model.ts'
import type { Content } from '../spec/elements.ts'
import { schemes } from '../spec/schemes.ts'
import { recordId } from './item-fields.ts'
import { type ServiceContext, itemId, requestId } from './service.ts'

/** [NCIP 2.02 UserFiscalAccount] */
export function fiscalAccount(
  balance: Money,
  fees: readonly Fee[],
  context: ServiceContext,
): Content<'UserFiscalAccount'> {
  return { AccountBalance: amount(balance), AccountDetails: fees.map((fee) => accountDetails(fee, context)) }
}

const amount = ({ minor, currency }: Money): Content<'Amount'> => ({
  CurrencyCode: { value: currency, scheme: schemes.currencyCode },
  MonetaryValue: minor,
})

/** Standard values where one fits; the library's own words stand in the description. [NCIP 2.02 FiscalTransactionType] */
const transactionTypes: Record<FeeKind, string> = {
  other: 'Service Charge',
  administrative: 'Service Charge',
  damage: 'Service Charge',
  overdue: 'Fine',
  processing: 'Service Charge',
  rental: 'Service Charge',
  replacement: 'Book Replacement Charge',
  'computer-access': 'Service Charge',
  hold: 'Service Charge',
}

function accountDetails(fee: Fee, context: ServiceContext): Content<'AccountDetails'> {
  return {
    // The schema wants a date: a fee that has none accrues at the moment of the answer.
    AccrualDate: fee.createdAt ?? context.circulation.clock.now(),
    FiscalTransactionInformation: {
      FiscalActionType: { value: 'Assess', scheme: schemes.fiscalActionType },
      FiscalTransactionReferenceId: { AgencyId: context.agency, FiscalTransactionIdentifierValue: fee.id },
      FiscalTransactionType: { value: transactionTypes[fee.kind], scheme: schemes.fiscalTransactionType },
      Amount: amount(fee.balance),
      FiscalTransactionDescription: fee.type.name || fee.type.code,
      ItemDetails:
        fee.itemBarcode === '' || fee.title === ''
          ? undefined
          : { ItemId: itemId(fee.itemBarcode, context), BibliographicDescription: { Title: fee.title } },
    },
  }
}

export const loansCount = (count: number): Content<'LoanedItemsCount'> => ({
  CirculationStatus: { value: 'On Loan', scheme: schemes.circulationStatus },
  LoanedItemCountValue: count,
})

export const requestsCount = (count: number): Content<'RequestedItemsCount'> => ({
  RequestType: holdType,
  RequestedItemCountValue: count,
})

export const holdType = { value: 'Hold', scheme: schemes.requestType }

/** ReminderLevel and Amount are only there for the versions that require them. [NCIP 2.02 LoanedItem] */
export function loanedItem(loan: Loan, context: ServiceContext): Content<'LoanedItem'> {
  return {
    ItemId: loanedItemId(loan, context),
    BibliographicId: title(loan.itemIds?.titleId ?? '', context),
    ReminderLevel: 1,
    ...(loan.due === undefined ? { IndeterminateLoanPeriodFlag: true as const } : { DateDue: loan.due }),
    Amount: amount({ minor: 0, currency: context.circulation.system.currency }),
    Title: loan.title,
  }
}

/** A copy without a barcode still needs an id; the type is left out, because it is none of the standard. */
const loanedItemId = (loan: Loan, context: ServiceContext): Content<'ItemId'> =>
  loan.itemBarcode === ''
    ? { AgencyId: context.agency, ItemIdentifierValue: loan.itemIds?.itemId ?? loan.id }
    : itemId(loan.itemBarcode, context)

const title = (titleId: string, context: ServiceContext): Content<'BibliographicId'> | undefined =>
  titleId === '' ? undefined : { BibliographicRecordId: recordId(titleId, context) }

/** [NCIP 2.02 RequestStatusType] */
const requestStatuses: Record<HoldState, string> = {
  waiting: 'In Process',
  'in-process': 'In Process',
  'on-hold-shelf': 'Available For Pickup',
}

/** [NCIP 2.02 RequestedItem] */
export function requestedItem(hold: Hold, context: ServiceContext): Content<'RequestedItem'> {
  return {
    RequestId: requestId(hold.id, context),
    ItemId: hold.itemBarcode === '' ? undefined : itemId(hold.itemBarcode, context),
    BibliographicId: title(hold.titleId, context),
    RequestType: holdType,
    RequestStatusType: { value: requestStatuses[hold.state], scheme: schemes.requestStatusType },
    // Required by the schema: a hold that has no date was placed before the moment of the answer.
    DatePlaced: hold.placedAt ?? context.circulation.clock.now(),
    PickupLocation: hold.pickup.name || hold.pickup.library,
    ...(hold.expires && { PickupExpiryDate: hold.expires }),
    ...(hold.queuePosition !== undefined && hold.queuePosition > 0 && { HoldQueuePosition: hold.queuePosition }),
    Title: hold.title,
  }
}

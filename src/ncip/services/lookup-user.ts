import { readAccount } from '../../circulation/account.ts'
import type { LookupUserRequest } from '../message.ts'
import { fiscalAccount, loanedItem, loansCount, requestedItem, requestsCount } from './account-fields.ts'
import { authenticate } from './authenticate.ts'
import { type Answer, type ServiceContext, content, notDone, userId } from './service.ts'
import { userFields } from './user-fields.ts'

/**
 * One call for the user and one for each list that is asked for and not empty; one more to check a password.
 * [NCIP 2.02 LookupUser]
 */
export async function lookupUser(request: LookupUserRequest, context: ServiceContext): Promise<Answer<'LookupUser'>> {
  const { user, userElements } = request
  const refusal = await authenticate(user, context)
  if (refusal) return notDone(refusal, 'LookupUser', { user })

  const want = { loans: request.loanedItems, holds: request.requestedItems, fees: request.fiscalAccount }
  const { circulation, visit, call } = context
  const read = await readAccount({ patron: user.identifier, visit, want }, circulation, call)
  if (read.kind !== 'done') return notDone(read, 'LookupUser', { user })

  const { patron, loans, holds, fees } = read.value
  return content<'LookupUser'>({
    UserId: userId(patron.id, context),
    UserFiscalAccount: fees && fiscalAccount(patron.balance, fees, context),
    LoanedItemsCount: loans && loansCount(patron.counts.loans),
    LoanedItem: loans?.map((loan) => loanedItem(loan, context)),
    RequestedItemsCount: holds && requestsCount(patron.counts.holds),
    RequestedItem: holds?.map((hold) => requestedItem(hold, context)),
    UserOptionalFields: userFields(patron, userElements, context),
  })
}

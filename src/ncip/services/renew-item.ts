import { findItem } from '../../circulation/item.ts'
import type { Loan } from '../../circulation/model.ts'
import { renew } from '../../circulation/renew.ts'
import type { WhenAway } from '../../circulation/when-away.ts'
import type { RenewItemRequest } from '../message.ts'
import type { Content } from '../spec/elements.ts'
import { authenticate } from './authenticate.ts'
import { itemFields, loanFields, needsItem } from './item-fields.ts'
import { type Answer, type ServiceContext, content, identityOf, itemId, notDone, pending, userId } from './service.ts'
import { readUserFields } from './user-of.ts'

/**
 * Renews a loan of the user by the library's own rules, later when the library system is away. [NCIP 2.02 RenewItem]
 */
export async function renewItem(request: RenewItemRequest, context: ServiceContext): Promise<Answer<'RenewItem'>> {
  const { user, item } = request
  const subject = { user, item: item.value }
  const refusal = await authenticate(user, context)
  if (refusal) return notDone(refusal, 'RenewItem', subject)

  const { circulation, call, visit, partner } = context
  const identity = identityOf(request, context)
  const whenAway: WhenAway = { do: partner.offline?.renew === 'pending' ? 'queue' : 'refuse' }
  const renewed = await renew(
    { patron: user.identifier, barcode: item.value, title: '', visit, whenAway, identity },
    circulation,
    call,
  )
  if (renewed.kind === 'accepted') return pending(context)
  if (renewed.kind !== 'done') return notDone(renewed, 'RenewItem', subject)
  const loan = renewed.value
  return content<'RenewItem'>({
    ItemId: itemId(loan.itemBarcode || item.value, context),
    UserId: userId(loan.patronId || user.identifier, context),
    ...(loan.due && { DateDue: loan.due }),
    ItemOptionalFields: await readItemFields(loan, request, context),
    UserOptionalFields: await readUserFields(user.identifier, request.userElements, context),
  })
}

/** The loan is renewed by now, so an item that cannot be read leaves its part of the answer to the loan. */
async function readItemFields(
  loan: Loan,
  { item, itemElements }: RenewItemRequest,
  context: ServiceContext,
): Promise<Content<'ItemOptionalFields'>> {
  if (needsItem(itemElements)) {
    const found = await findItem(item.value, context.circulation, context.call)
    if (found.kind === 'done') {
      return itemFields({ ...found.value.item, due: loan.due }, found.value.queueLength, itemElements, context)
    }
  }
  return loanFields(loan, itemElements, context)
}

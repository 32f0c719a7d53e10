import { type CheckedOut, checkout } from '../../circulation/checkout.ts'
import { type Day, endOfDay, dayIn, readDate } from '../dates.ts'
import type { CheckOutItemRequest, UserInput } from '../message.ts'
import { missingProblem, problemAt } from '../problem.ts'
import { authenticate } from './authenticate.ts'
import { itemFields, loanFields, needsItem } from './item-fields.ts'
import { isFromStorage, storageCheckOut } from './remote-storage.ts'
import { type Answer, type ServiceContext, content, identityOf, itemId, notDone, userId, wrong } from './service.ts'
import { readUserFields } from './user-of.ts'

/**
 * Lends an item. A loan that the user already has is answered as done, so that a partner may ask again after a lost
 * answer. From a storage system it is the scan of an item that left the storage. [NCIP 2.02 CheckOutItem]
 */
export async function checkOutItem(
  request: CheckOutItemRequest,
  context: ServiceContext,
): Promise<Answer<'CheckOutItem'>> {
  if (isFromStorage(context)) return storageCheckOut(request, context)
  const { user } = request
  if (user === undefined) return wrong(missingProblem('CheckOutItem', 'UserId'))
  const due = wantedDueDate(request.desiredDateDue, context)
  if (due === 'invalid') {
    return wrong(
      problemAt('CheckOutItem', 'Invalid Date', 'This is no date.', 'DesiredDateDue', request.desiredDateDue),
    )
  }
  const refusal = await authenticate(user, context)
  if (refusal) return notDone(refusal, 'CheckOutItem', { user })
  return lend(request, user, due, context)
}

async function lend(
  request: CheckOutItemRequest,
  user: UserInput,
  due: Date | undefined,
  context: ServiceContext,
): Promise<Answer<'CheckOutItem'>> {
  const { circulation, call, visit, place } = context
  const barcode = request.item.value
  const lent = await checkout(
    {
      patron: user.identifier,
      barcode,
      place,
      visit,
      ownLoan: 'keep',
      due,
      reported: false,
      whenAway: { do: 'refuse' },
      wantItem: needsItem(request.itemElements),
      identity: identityOf(request, context),
    },
    circulation,
    call,
  )
  const subject = { user, item: barcode, date: request.desiredDateDue }
  if (lent.kind !== 'done') return notDone(lent, 'CheckOutItem', subject)
  const { loan } = lent.value
  return content<'CheckOutItem'>({
    ItemId: itemId(loan.itemBarcode || barcode, context),
    UserId: userId(loan.patronId || user.identifier, context),
    ...(loan.due === undefined ? { IndeterminateLoanPeriodFlag: true as const } : { DateDue: loan.due }),
    ItemOptionalFields: fieldsOf(lent.value, request, context),
    UserOptionalFields: await readUserFields(user.identifier, request.userElements, context),
  })
}

const fieldsOf = ({ loan, item }: CheckedOut, request: CheckOutItemRequest, context: ServiceContext) =>
  item === undefined
    ? loanFields(loan, request.itemElements, context)
    : itemFields({ ...item, due: loan.due }, undefined, request.itemElements, context)

/** The partner's due date by the partner's rule; undefined leaves it to the library's own. */
export function wantedDueDate(text: string, context: ServiceContext): Date | undefined | 'invalid' {
  const rule = context.partner.desiredDateDue ?? 'day'
  if (text === '' || rule === 'ignored') return undefined
  const date = readDate(text)
  if (date === undefined) return 'invalid'
  const { timeZone } = context.circulation.system
  const end = (day: Day) => endOfDay(day, timeZone)
  if (date.instant === undefined || rule === 'day') return end(date.day)
  return rule === 'instant' ? date.instant : end(dayIn(date.instant, timeZone))
}

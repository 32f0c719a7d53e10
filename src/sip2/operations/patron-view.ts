/** What 24 and 64 share: who the patron is, and how much of it a terminal may see. */
import type { Patron } from '../../circulation/model.ts'
import { type ChangeOutcome, type Outcome, done } from '../../circulation/outcome.ts'
import { type Standing, judgeStanding } from '../../circulation/standing.ts'
import { type ReplyContext, type OperationContext } from './operation.ts'
import { checkGivenPassword } from './password.ts'
import { patronStatus } from './patron-flags.ts'
import { amountInWords, amountOf, currencyType, humanDate, screenMessage, yesNo } from './values.ts'
import { fill } from '../texts/texts.ts'
import { templated } from '../fields/templates.ts'

export interface PatronView<T> {
  readonly account: T
  readonly standing: Standing
  /** Undefined when no password was checked. One that was not looked at, after too many wrong ones, is not right. */
  readonly passwordRight: boolean | undefined
  readonly passwordThrottled?: boolean
}

/**
 * Reads under the terminal's PIN policy: the account and, side by side with it, the check of the password where one is
 * made. What of the account may be shown then is `isOpen`'s to say.
 */
export async function viewPatron<T extends { readonly patron: Patron }>(
  patron: string,
  password: string | undefined,
  context: OperationContext,
  read: () => Promise<Outcome<T>>,
  overdueOf: (account: T) => number | undefined,
): Promise<Outcome<PatronView<T>>> {
  const [checked, account] = await Promise.all([checkGivenPassword(patron, password, context), read()])
  if (account.kind !== 'done') return account
  const passwordThrottled = checked.kind === 'refused' && checked.reason === 'patron-pin-throttled'
  if (checked.kind !== 'done' && !passwordThrottled) return checked
  const standing = judgeStanding(
    account.value.patron,
    overdueOf(account.value),
    context.circulation.limits,
    context.now,
  )
  const passwordRight = checked.kind === 'done' ? checked.value : false
  return done({ account: account.value, standing, passwordRight, passwordThrottled })
}

/** True when the terminal may show what is on the card. */
export function isOpen({ passwordRight }: PatronView<unknown>, { terminal: { profile } }: ReplyContext): boolean {
  if (profile.pinPolicy === 'none' || passwordRight === true) return true
  return passwordRight === undefined && profile.emptyPin === 'accept'
}

/** AE by the terminal's template, else as Alma's own self-check has it: first, middle, last. */
export const personalName = (patron: Patron, context: ReplyContext): string =>
  templated('AE', { patron }, context) ?? fullName(patron)

const fullName = ({ name }: Patron): string =>
  [name.preferredFirst || name.first, name.middle, name.last].filter((part) => part !== '').join(' ')

/** BL, CQ, BH, BV, AF and the status flags of any outcome. */
export function patronFields(
  outcome: Outcome<PatronView<{ readonly patron: Patron }>>,
  context: ReplyContext,
): {
  status: string
  fields: { AE: string; BL?: string; CQ?: string; BH?: string; BV?: string; AF: readonly string[] }
} {
  if (outcome.kind !== 'done') {
    const AF = screenMessage(outcome, context)
    return { status: patronStatus(undefined), fields: { AE: '', ...validityUnread(outcome), AF } }
  }
  const view = outcome.value
  const { patron } = view.account
  const password = view.passwordRight === undefined ? {} : { CQ: yesNo(view.passwordRight) }
  if (!isOpen(view, context)) {
    const AF = [context.catalogue.refused[view.passwordThrottled ? 'patron-pin-throttled' : 'patron-pin-wrong']]
    return { status: patronStatus(undefined), fields: { AE: '', BL: yesNo(view.standing.valid), ...password, AF } }
  }
  return {
    status: patronStatus(view.standing),
    fields: {
      AE: personalName(patron, context),
      BL: yesNo(view.standing.valid),
      ...password,
      BH: currencyType(context),
      BV: amountOf(patron.balance),
      AF: reasons(view, context),
    },
  }
}

/**
 * BL where the card was not read. None when it could not be, since nothing is known then: a station for computers that
 * reads N forgets its reader.
 */
export const validityUnread = ({ kind }: ChangeOutcome<unknown>): { readonly BL?: string } =>
  kind === 'refused' ? { BL: 'N' } : {}

/** What the patron should know of the card, most important first. */
export function reasons(view: PatronView<{ readonly patron: Patron }>, context: ReplyContext): string[] {
  const { standing } = view
  const { patron } = view.account
  const { refused, expired, owes } = context.catalogue
  const lines: string[] = []
  if (!patron.active) lines.push(refused['patron-inactive'])
  if (standing.expired && patron.expires) {
    lines.push(fill(expired, { date: humanDate(patron.expires, context) }))
  }
  if (!patron.mayBorrow) lines.push(refused['patron-not-eligible'])
  for (const block of standing.blocks) {
    lines.push([refused['patron-blocked'], block.description].filter((part) => part !== '').join(' '))
  }
  if (standing.tooManyLoans) lines.push(refused['loan-limit-reached'])
  if (standing.owesTooMuch) lines.push(fill(owes, { amount: amountInWords(patron.balance) }))
  return lines
}

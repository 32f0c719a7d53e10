/**
 * What is charged only after the patron has agreed to it (BO). The library system tells no such fee before it has lent or
 * renewed, so that the profile's own rules say what costs how much. [SIP2 2.00 fee acknowledged]
 */
import type { Item, Loan, Money } from '../../circulation/model.ts'
import { type ChangeOutcome, type Refused, refused } from '../../circulation/outcome.ts'
import type { FeeRulesConfig } from '../../runtime/config/schema.ts'
import { fill } from '../texts/texts.ts'
import type { OperationContext, ReplyContext } from './operation.ts'
import { amountInWords, amountOf, currencyType, screenMessage } from './values.ts'

/** Nothing is done, because a fee is charged for it that the patron has not agreed to. */
interface FeeToAccept extends Refused {
  readonly fee: Money
}

/**
 * The refusal with which the patron is asked; undefined when nothing is charged or the fee is agreed to. Costs nothing
 * where there are no rules, else the reading of the item.
 */
export async function refuseUntilAccepted(
  rules: FeeRulesConfig,
  { barcode, acknowledged }: { readonly barcode: string; readonly acknowledged: string | undefined },
  { circulation, call, currency }: OperationContext,
): Promise<FeeToAccept | undefined> {
  if (rules.length === 0 || barcode === '' || acknowledged === 'Y') return undefined
  const found = await circulation.system.items.find(barcode, call)
  // Whatever stands against reading the item stands against the request itself, which tells it better.
  if (found.kind !== 'done') return undefined
  return askFor(
    rules.find((one) => isMet(one, found.value)),
    currency,
  )
}

/** The same of a loan that is already known: the item is read only where a rule goes by its material type. */
export async function refuseLoanUntilAccepted(
  rules: FeeRulesConfig,
  loan: Loan,
  context: OperationContext,
): Promise<FeeToAccept | undefined> {
  if (rules.some(({ materialType }) => materialType !== undefined))
    return refuseUntilAccepted(rules, { barcode: loan.itemBarcode, acknowledged: undefined }, context)
  return askFor(
    rules.find(({ policy }) => policy?.includes(loan.policy.code) ?? true),
    context.currency,
  )
}

const isMet = ({ policy, materialType }: FeeRulesConfig[number], item: Item): boolean =>
  (policy?.includes(item.policy.code) ?? true) && (materialType?.includes(item.materialType) ?? true)

const askFor = (rule: FeeRulesConfig[number] | undefined, currency: string): FeeToAccept | undefined =>
  rule && { ...refused('fee-not-accepted'), fee: { minor: rule.amount, currency } }

const rental = '06'

/** AF, and BT, BH and BV where a fee must be agreed to. */
export function refusalFields(outcome: ChangeOutcome<unknown>, context: ReplyContext) {
  if (!isFeeToAccept(outcome)) return { AF: screenMessage(outcome, context) }
  const { fee } = outcome
  const AF = [fill(context.catalogue.refused['fee-not-accepted'], { amount: amountInWords(fee) })]
  return { BT: rental, BH: currencyType(context), BV: amountOf(fee), AF }
}

/** What must be agreed to for all that was not done, in one sum; none where nothing costs anything. */
export function renewalFees(outcomes: readonly ChangeOutcome<unknown>[], { catalogue }: ReplyContext): string[] {
  const fees = outcomes.filter(isFeeToAccept).map(({ fee }) => fee)
  const [first] = fees
  if (first === undefined) return []
  const minor = fees.reduce((total, fee) => total + fee.minor, 0)
  return [fill(catalogue.renewalFees, { amount: amountInWords({ ...first, minor }) })]
}

const isFeeToAccept = (outcome: ChangeOutcome<unknown>): outcome is FeeToAccept => 'fee' in outcome

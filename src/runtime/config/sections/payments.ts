import { z } from 'zod'
import { code, oneOrMany, setting } from '../fields.ts'

const paymentType = z.string().regex(/^\d{2}$/, { error: 'must be a payment type of two digits, in quotes' })

const paymentMethod = z.union(
  [z.enum(['cash', 'credit-card', 'online']), z.templateLiteral(['local:', z.string().regex(/[\x21-\x7e]{1,100}/)])],
  { error: 'must be cash, credit-card, online, or "local:" with a code of Alma behind it' },
)

const writeOff = z.strictObject({
  types: setting(
    oneOrMany(paymentType),
    'Payment types',
    'Payment types that write off a fee in place of paying it, one or a list. Other systems have 06.',
  ),
  reason: setting(code, 'Reason', "Code of the reason in Alma's table FineFeeTransactionReason."),
})

export const payments = z.strictObject({
  types: setting(
    z.record(paymentType, paymentMethod).default({}),
    'Payment types',
    "How was paid, by the machine's payment type; added to the standard's own (00 cash, 01 and 02 credit card). All others are on line. local:CODE names a code of Alma's table WorkbenchPaymentMethod.",
  ),
  order: setting(
    z.enum(['as-system', 'oldest-first', 'matching-amount']).default('as-system'),
    'Order',
    'Which fees a payment goes to when the machine names none (CG): as Alma spreads it, the oldest first, or the fee of just that amount, else the oldest first. All but the first cost a call for the list and one for each fee.',
  ),
  overpayment: setting(
    z.enum(['refuse', 'take-due', 'credit-note']).default('refuse'),
    'Overpayment',
    'What becomes of more than is owed: refused; booked as far as it is owed, and the patron is told of the rest; or the same with a comment on the payment that tells staff of the credit.',
  ),
  writeOff: setting(
    writeOff.optional(),
    'Write-off',
    'Lets the machine write off fees. Without it no payment type does.',
  ),
})

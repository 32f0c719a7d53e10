import { z } from 'zod'
import { code, count, oneOrMany, setting } from '../fields.ts'

const feeRule = z.strictObject({
  amount: setting(count(1), 'Amount', 'What it costs.', "the currency's smallest unit, such as cents"),
  policy: setting(oneOrMany(code).optional(), 'Item policy', 'Code of the item policy, one or a list.'),
  materialType: setting(oneOrMany(code).optional(), 'Material type', "Alma's material type code, one or a list."),
})

const feeRules = (title: string, what: string) =>
  setting(z.array(feeRule).default([]), title, `${what}, by the first rule of which all that it names holds.`)

export const feesToAccept = z.strictObject({
  checkout: feeRules('Checkout', 'What a loan costs'),
  renew: feeRules('Renewal', 'What a renewal costs'),
})

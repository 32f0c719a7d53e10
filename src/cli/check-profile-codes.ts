/** Alma's own codes that a profile names. What is sent counts only where the profile serves the message for it. */
import type { Path } from '../runtime/config/fault.ts'
import type { FieldRulesConfig, ProfileConfig } from '../runtime/config/schema.ts'
import { namesIn } from '../runtime/config/template-names.ts'
import { type CodeTable, compared, type NamedCode, sent } from './check-named-code.ts'

export function codesOfProfile(profile: ProfileConfig, path: Path): readonly NamedCode[] {
  const { feesToAccept, sortBins, inLibraryUsePolicies, fields } = profile
  return [
    ...codesOfBlock(profile, [...path, 'patronBlock']),
    ...codesOfPayments(profile, [...path, 'payments']),
    ...feesToAccept.checkout.flatMap((rule, at) => codesOfItems(rule, [...path, 'feesToAccept', 'checkout', at])),
    ...feesToAccept.renew.flatMap((rule, at) => codesOfItems(rule, [...path, 'feesToAccept', 'renew', at])),
    ...sortBins.rules.flatMap(({ when }, at) => codesOfItems(when, [...path, 'sortBins', 'rules', at, 'when'])),
    ...inLibraryUsePolicies.map((code, at) => compared('ItemPolicy', code, [...path, 'inLibraryUsePolicies', at])),
    ...codesOfTemplates(fields, [...path, 'fields']),
  ]
}

function codesOfBlock({ messages, patronBlock }: ProfileConfig, path: Path): readonly NamedCode[] {
  if (!messages.blockPatron || patronBlock === undefined) return []
  return [
    sent('UserBlockTypes', patronBlock.type, [...path, 'type']),
    sent('UserBlockDescription', patronBlock.description, [...path, 'description']),
  ]
}

const localPrefix = 'local:'

function codesOfPayments({ messages, payments }: ProfileConfig, path: Path): readonly NamedCode[] {
  if (!messages.feePaid) return []
  const { types, writeOff } = payments
  const local = Object.entries(types).filter(([, method]) => method.startsWith(localPrefix))
  return [
    ...local.map(([type, method]) =>
      sent('WorkbenchPaymentMethod', method.slice(localPrefix.length), [...path, 'types', type]),
    ),
    ...(writeOff ? [sent('FineFeeTransactionReason', writeOff.reason, [...path, 'writeOff', 'reason'])] : []),
  ]
}

interface ItemRule {
  readonly policy?: readonly string[] | undefined
  readonly materialType?: readonly string[] | undefined
}

function codesOfItems({ policy = [], materialType = [] }: ItemRule, path: Path): readonly NamedCode[] {
  return [
    ...policy.map((code) => compared('ItemPolicy', code, [...path, 'policy'])),
    ...materialType.map((code) => compared('PhysicalMaterialType', code, [...path, 'materialType'])),
  ]
}

/** The names of a template that take a code, and the table of these codes. */
const tablesOfNames: ReadonlyMap<string, CodeTable> = new Map([
  ['identifier', 'UserIdentifierTypes'],
  ['statistics', 'UserStatisticalTypes'],
])

function codesOfTemplates({ templates, printLines, add }: FieldRulesConfig, path: Path): readonly NamedCode[] {
  const texts: readonly (readonly [text: string, path: Path])[] = [
    ...Object.entries(templates).map(([field, text]) => [text ?? '', ['templates', field]] as const),
    ...Object.entries(printLines).flatMap(([reply, lines]) =>
      (lines ?? []).map((text, at) => [text, ['printLines', reply, at]] as const),
    ),
    ...add.map(({ value }, at) => [value, ['add', at, 'value']] as const),
  ]
  return texts.flatMap(([text, keys]) =>
    namesIn(text).flatMap(({ name, code }) => {
      const table = tablesOfNames.get(name)
      return table === undefined || code === undefined ? [] : [compared(table, code, [...path, ...keys])]
    }),
  )
}

/** A code of Alma's own that a configuration names, and what the bridge does with it. */
import { formatPath, type Path } from '../runtime/config/fault.ts'

/** Alma's own names. [Alma conf: code-tables] */
export type CodeTable =
  | 'UserBlockTypes'
  | 'UserBlockDescription'
  | 'UserIdentifierTypes'
  | 'UserStatisticalTypes'
  | 'WorkbenchPaymentMethod'
  | 'FineFeeTransactionReason'
  | 'RequestCancellationReasons'
  | 'ItemPolicy'
  | 'PhysicalMaterialType'

/**
 * `sent`: to Alma, which refuses what it does not know. `compared`: with what Alma sends. `searched`: every password is
 * checked by the patron's identifier of this type.
 */
export type CodeUse = 'sent' | 'compared' | 'searched'

export interface NamedCode {
  readonly table: CodeTable
  readonly code: string
  readonly use: CodeUse
  /** Path of the setting, undefined for a code that cannot be set. */
  readonly setting: string | undefined
}

export const sent = (table: CodeTable, code: string, path: Path): NamedCode => ({
  table,
  code,
  use: 'sent',
  setting: formatPath(path),
})

export const compared = (table: CodeTable, code: string, path: Path): NamedCode => ({
  table,
  code,
  use: 'compared',
  setting: formatPath(path),
})

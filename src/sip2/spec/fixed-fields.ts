/**
 * The fixed fields of SIP2: no identifier on the wire, known by their place in the message alone.
 * [SIP2 2.00 fixed-length fields]
 */
import type { PrivacyClass } from './privacy.ts'

/**
 * How a fixed field is written and read:
 * `yes-no` `Y`/`N`, `zero-one` `1`/`0`, `yes-no-unknown` `Y`/`N`/`U`, `number` digits filled with zeros from the left,
 * `code` digits with a meaning of their own (kept as a string), `date` 18 characters, `text` filled with blanks from the
 * right, `positions` one character a position (`Y` or blank).
 */
export type FixedKind = keyof FixedValueOf

/** What a program holds for each kind. A `date` without a time is the empty string, on the wire 18 blanks. */
export interface FixedValueOf {
  'yes-no': boolean
  'zero-one': boolean
  'yes-no-unknown': 'Y' | 'N' | 'U'
  number: number
  code: string
  date: string
  text: string
  positions: string
}

export interface FixedField {
  /** What people call it. */
  readonly label: string
  readonly length: number
  readonly kind: FixedKind
  /** Taken when a message is too short to hold the field: the answer that grants nothing. */
  readonly default: boolean | number | string
  readonly privacy: PrivacyClass
}

const yesNo = (label: string) =>
  ({ label, length: 1, kind: 'yes-no', default: false, privacy: 'public' }) as const satisfies FixedField
const zeroOne = (label: string) =>
  ({ label, length: 1, kind: 'zero-one', default: false, privacy: 'public' }) as const satisfies FixedField
const yesNoUnknown = (label: string) =>
  ({ label, length: 1, kind: 'yes-no-unknown', default: 'N', privacy: 'public' }) as const satisfies FixedField
const number = (label: string, length: number) =>
  ({ label, length, kind: 'number', default: 0, privacy: 'public' }) as const satisfies FixedField
const code = (label: string, length: number, fallback: string) =>
  ({ label, length, kind: 'code', default: fallback, privacy: 'public' }) as const satisfies FixedField
const date = (label: string) =>
  ({ label, length: 18, kind: 'date', default: '', privacy: 'public' }) as const satisfies FixedField
const text = (label: string, length: number, fallback: string) =>
  ({ label, length, kind: 'text', default: fallback, privacy: 'public' }) as const satisfies FixedField
const positions = (label: string, length: number) =>
  ({ label, length, kind: 'positions', default: ' '.repeat(length), privacy: 'public' }) as const satisfies FixedField

/** Every fixed field by its name. A name means the same in every message that has it. */
export const fixedFields = {
  acsRenewalPolicy: yesNo('renewals allowed'),
  alert: yesNo('alert'),
  available: yesNo('item available'),
  cardRetained: yesNo('card retained'),
  chargedItemsCount: number('charged items', 4),
  checkinOk: yesNo('checkin allowed'),
  checkoutOk: yesNo('checkout allowed'),
  circulationStatus: code('circulation status', 2, '01'),
  currencyType: text('currency', 3, ''),
  dateTimeSync: date('date and time'),
  desensitize: yesNoUnknown('desensitize'),
  endSession: yesNo('session ended'),
  feeType: code('fee type', 2, '01'),
  fineItemsCount: number('items with fines', 4),
  holdItemsCount: number('hold items', 4),
  holdMode: text('hold mode', 1, ''),
  itemPropertiesOk: zeroOne('item properties stored'),
  language: code('language', 3, '000'),
  magneticMedia: yesNoUnknown('magnetic media'),
  maxPrintWidth: number('print width', 3),
  nbDueDate: date('no block due date'),
  noBlock: yesNo('no block'),
  offlineOk: yesNo('off-line allowed'),
  ok: zeroOne('ok'),
  onlineStatus: yesNo('on line'),
  overdueItemsCount: number('overdue items', 4),
  patronStatus: positions('patron status', 14),
  paymentAccepted: yesNo('payment accepted'),
  paymentType: code('payment type', 2, '00'),
  protocolVersion: text('protocol version', 4, '2.00'),
  pwdAlgorithm: code('password algorithm', 1, '0'),
  recallItemsCount: number('recalled items', 4),
  renewalOk: yesNo('renewed'),
  renewedCount: number('renewed', 4),
  resensitize: yesNo('resensitize'),
  retriesAllowed: number('retries allowed', 3),
  returnDate: date('return date'),
  scRenewalPolicy: yesNo('renewal allowed by the terminal'),
  securityMarker: code('security marker', 2, '00'),
  statusCode: code('terminal status', 1, '0'),
  statusUpdateOk: yesNo('status update allowed'),
  summary: positions('summary', 10),
  thirdPartyAllowed: yesNo('third party allowed'),
  timeoutPeriod: number('timeout', 3),
  transactionDate: date('transaction date'),
  uidAlgorithm: code('user id algorithm', 1, '0'),
  unavailableHoldsCount: number('unavailable holds', 4),
  unrenewedCount: number('not renewed', 4),
} as const satisfies Record<string, FixedField>

export type FixedFieldName = keyof typeof fixedFields

/** The type that a program holds for a fixed field. */
export type FixedValue<N extends FixedFieldName> = FixedValueOf[(typeof fixedFields)[N]['kind']]

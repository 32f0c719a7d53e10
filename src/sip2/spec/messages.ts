/**
 * The messages of SIP2, one entry each: 16 requests of the terminal (SC), their 15 replies of the library system (ACS),
 * and the pair 97 and 96 that asks for a repetition. [SIP2 2.00 messages]
 *
 * On the wire: `code(2) fixed… (id value delimiter)… [AYn][AZhhhh] CR`
 */
import type { FieldId } from './fields.ts'
import type { FixedFieldName } from './fixed-fields.ts'

/** `request` goes from the terminal to the library system, `reply` comes back. */
export type Direction = 'request' | 'reply'

export interface MessageSpec {
  readonly name: string
  readonly direction: Direction
  /** Code of the reply to a request. Absent for replies, and for 97, which repeats whatever came last. */
  readonly reply?: string
  readonly fixed: readonly FixedFieldName[]
  /** Always sent, empty when there is nothing to say. In the order of the specification. */
  readonly required: readonly FieldId[]
  /** Left out when there is nothing to say. In the order of the specification, extensions before AF and AG. */
  readonly optional: readonly FieldId[]
  /** Carries a sequence number when error detection is on. */
  readonly sequenced: boolean
}

export const messages = {
  '01': {
    name: 'blockPatron',
    direction: 'request',
    reply: '24',
    fixed: ['cardRetained', 'transactionDate'],
    required: ['AO', 'AL', 'AA', 'AC'],
    optional: [],
    sequenced: true,
  },
  '09': {
    name: 'checkin',
    direction: 'request',
    reply: '10',
    fixed: ['noBlock', 'transactionDate', 'returnDate'],
    required: ['AP', 'AO', 'AB', 'AC'],
    optional: ['CH', 'BI'],
    sequenced: true,
  },
  '10': {
    name: 'checkinResponse',
    direction: 'reply',
    fixed: ['ok', 'resensitize', 'magneticMedia', 'alert', 'transactionDate'],
    required: ['AO', 'AB', 'AQ'],
    optional: ['AJ', 'CL', 'AA', 'CK', 'CH', 'CV', 'CT', 'CS', 'CR', 'CY', 'DA', 'AF', 'AG'],
    sequenced: true,
  },
  '11': {
    name: 'checkout',
    direction: 'request',
    reply: '12',
    fixed: ['scRenewalPolicy', 'noBlock', 'transactionDate', 'nbDueDate'],
    required: ['AO', 'AA', 'AB', 'AC'],
    optional: ['CH', 'AD', 'BO', 'BI'],
    sequenced: true,
  },
  '12': {
    name: 'checkoutResponse',
    direction: 'reply',
    fixed: ['ok', 'renewalOk', 'magneticMedia', 'desensitize', 'transactionDate'],
    required: ['AO', 'AA', 'AB', 'AJ', 'AH'],
    optional: ['BT', 'CI', 'BH', 'BV', 'CK', 'CH', 'BK', 'AF', 'AG'],
    sequenced: true,
  },
  '15': {
    name: 'hold',
    direction: 'request',
    reply: '16',
    fixed: ['holdMode', 'transactionDate'],
    required: ['AO', 'AA'],
    // The item or the title or both are meant to be there.
    optional: ['BW', 'BS', 'BY', 'AD', 'AB', 'AJ', 'AC', 'BO'],
    sequenced: true,
  },
  '16': {
    name: 'holdResponse',
    direction: 'reply',
    fixed: ['ok', 'available', 'transactionDate'],
    required: ['AO', 'AA'],
    optional: ['BW', 'BR', 'BS', 'AB', 'AJ', 'AF', 'AG'],
    sequenced: true,
  },
  '17': {
    name: 'itemInformation',
    direction: 'request',
    reply: '18',
    fixed: ['transactionDate'],
    required: ['AO', 'AB'],
    optional: ['AC'],
    sequenced: true,
  },
  '18': {
    name: 'itemInformationResponse',
    direction: 'reply',
    fixed: ['circulationStatus', 'securityMarker', 'feeType', 'transactionDate'],
    required: ['AB', 'AJ'],
    optional: ['CF', 'AH', 'CJ', 'CM', 'BG', 'BH', 'BV', 'CK', 'AQ', 'AP', 'CH', 'AF', 'AG'],
    sequenced: true,
  },
  '19': {
    name: 'itemStatusUpdate',
    direction: 'request',
    reply: '20',
    fixed: ['transactionDate'],
    required: ['AO', 'AB', 'CH'],
    optional: ['AC'],
    sequenced: true,
  },
  '20': {
    name: 'itemStatusUpdateResponse',
    direction: 'reply',
    fixed: ['itemPropertiesOk', 'transactionDate'],
    required: ['AB'],
    optional: ['AJ', 'CH', 'AF', 'AG'],
    sequenced: true,
  },
  '23': {
    name: 'patronStatus',
    direction: 'request',
    reply: '24',
    fixed: ['language', 'transactionDate'],
    required: ['AO', 'AA', 'AC', 'AD'],
    optional: [],
    sequenced: true,
  },
  '24': {
    name: 'patronStatusResponse',
    direction: 'reply',
    fixed: ['patronStatus', 'language', 'transactionDate'],
    required: ['AO', 'AA', 'AE'],
    optional: ['BL', 'CQ', 'BH', 'BV', 'AF', 'AG'],
    sequenced: true,
  },
  '25': {
    name: 'patronEnable',
    direction: 'request',
    reply: '26',
    fixed: ['transactionDate'],
    required: ['AO', 'AA'],
    optional: ['AC', 'AD'],
    sequenced: true,
  },
  '26': {
    name: 'patronEnableResponse',
    direction: 'reply',
    fixed: ['patronStatus', 'language', 'transactionDate'],
    required: ['AO', 'AA', 'AE'],
    optional: ['BL', 'CQ', 'AF', 'AG'],
    sequenced: true,
  },
  '29': {
    name: 'renew',
    direction: 'request',
    reply: '30',
    fixed: ['thirdPartyAllowed', 'noBlock', 'transactionDate', 'nbDueDate'],
    required: ['AO', 'AA'],
    // The item or the title or both are meant to be there.
    optional: ['AD', 'AB', 'AJ', 'AC', 'CH', 'BO'],
    sequenced: true,
  },
  '30': {
    name: 'renewResponse',
    direction: 'reply',
    fixed: ['ok', 'renewalOk', 'magneticMedia', 'desensitize', 'transactionDate'],
    required: ['AO', 'AA', 'AB', 'AJ', 'AH'],
    optional: ['BT', 'CI', 'BH', 'BV', 'CK', 'CH', 'BK', 'AF', 'AG'],
    sequenced: true,
  },
  '35': {
    name: 'endPatronSession',
    direction: 'request',
    reply: '36',
    fixed: ['transactionDate'],
    required: ['AO', 'AA'],
    optional: ['AC', 'AD'],
    sequenced: true,
  },
  '36': {
    name: 'endSessionResponse',
    direction: 'reply',
    fixed: ['endSession', 'transactionDate'],
    required: ['AO', 'AA'],
    optional: ['AF', 'AG'],
    sequenced: true,
  },
  '37': {
    name: 'feePaid',
    direction: 'request',
    reply: '38',
    fixed: ['transactionDate', 'feeType', 'paymentType', 'currencyType'],
    required: ['BV', 'AO', 'AA'],
    optional: ['AC', 'AD', 'CG', 'BK'],
    sequenced: true,
  },
  '38': {
    name: 'feePaidResponse',
    direction: 'reply',
    fixed: ['paymentAccepted', 'transactionDate'],
    required: ['AO', 'AA'],
    optional: ['BK', 'AF', 'AG'],
    sequenced: true,
  },
  '63': {
    name: 'patronInformation',
    direction: 'request',
    reply: '64',
    fixed: ['language', 'transactionDate', 'summary'],
    required: ['AO', 'AA'],
    optional: ['AC', 'AD', 'BP', 'BQ'],
    sequenced: true,
  },
  '64': {
    name: 'patronInformationResponse',
    direction: 'reply',
    fixed: [
      'patronStatus',
      'language',
      'transactionDate',
      'holdItemsCount',
      'overdueItemsCount',
      'chargedItemsCount',
      'fineItemsCount',
      'recallItemsCount',
      'unavailableHoldsCount',
    ],
    required: ['AO', 'AA', 'AE'],
    // biome-ignore format: the order is the specification's, a line a group
    optional: [
      'BZ', 'CA', 'CB', 'BL', 'CQ', 'BH', 'BV', 'CC',
      'AS', 'AT', 'AU', 'AV', 'BU', 'CD',
      'BD', 'BE', 'BF',
      'AF', 'AG',
    ],
    sequenced: true,
  },
  '65': {
    name: 'renewAll',
    direction: 'request',
    reply: '66',
    fixed: ['transactionDate'],
    required: ['AO', 'AA'],
    optional: ['AD', 'AC', 'BO'],
    sequenced: true,
  },
  '66': {
    name: 'renewAllResponse',
    direction: 'reply',
    fixed: ['ok', 'renewedCount', 'unrenewedCount', 'transactionDate'],
    required: ['AO'],
    optional: ['BM', 'BN', 'AF', 'AG'],
    sequenced: true,
  },
  '93': {
    name: 'login',
    direction: 'request',
    reply: '94',
    fixed: ['uidAlgorithm', 'pwdAlgorithm'],
    required: ['CN', 'CO'],
    optional: ['CP'],
    sequenced: true,
  },
  '94': {
    name: 'loginResponse',
    direction: 'reply',
    fixed: ['ok'],
    required: [],
    optional: [],
    sequenced: true,
  },
  '96': {
    name: 'requestScResend',
    direction: 'reply',
    fixed: [],
    required: [],
    optional: [],
    sequenced: false,
  },
  '97': {
    name: 'requestAcsResend',
    direction: 'request',
    fixed: [],
    required: [],
    optional: [],
    sequenced: false,
  },
  '98': {
    name: 'acsStatus',
    direction: 'reply',
    fixed: [
      'onlineStatus',
      'checkinOk',
      'checkoutOk',
      'acsRenewalPolicy',
      'statusUpdateOk',
      'offlineOk',
      'timeoutPeriod',
      'retriesAllowed',
      'dateTimeSync',
      'protocolVersion',
    ],
    required: ['AO', 'BX'],
    optional: ['AM', 'AN', 'AF', 'AG'],
    sequenced: true,
  },
  '99': {
    name: 'scStatus',
    direction: 'request',
    reply: '98',
    fixed: ['statusCode', 'maxPrintWidth', 'protocolVersion'],
    required: [],
    optional: [],
    sequenced: true,
  },
} as const satisfies Record<string, MessageSpec>

export type MessageCode = keyof typeof messages

/** Codes of one direction, by the table. */
export type CodeOf<D extends Direction> = {
  [C in MessageCode]: (typeof messages)[C]['direction'] extends D ? C : never
}[MessageCode]

export type RequestCode = CodeOf<'request'>
export type ReplyCode = CodeOf<'reply'>

/** The code of the reply to a request; `never` for 97. */
export type ReplyTo<C extends RequestCode> = (typeof messages)[C] extends { reply: infer R extends ReplyCode }
  ? R
  : never

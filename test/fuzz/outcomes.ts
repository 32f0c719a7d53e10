/**
 * Everything that may come of what a peer sends, in one place. Whatever is not in these lists is a fault: silence, a
 * reply that cannot be read, a connection that ends without one of these reasons.
 */

/** The reply of each request. [SIP2 2.00 messages] */
export const replyOf: ReadonlyMap<string, string> = new Map([
  ['01', '24'],
  ['09', '10'],
  ['11', '12'],
  ['15', '16'],
  ['17', '18'],
  ['19', '20'],
  ['23', '24'],
  ['25', '26'],
  ['29', '30'],
  ['35', '36'],
  ['37', '38'],
  ['63', '64'],
  ['65', '66'],
  ['93', '94'],
  ['99', '98'],
])

/** Asks for the last reply once more. */
export const resendCode = '97'

/** Asks for the request once more: the answer to what is no request, is too long or has a wrong checksum. */
export const askAgainCode = '96'

/** Codes of the log that may stand for the end of a connection; which of them, the case says. */
export const closingReasons = [
  'LOGIN_ATTEMPTS_EXCEEDED',
  'LOGIN_TIMEOUT',
  'SESSION_IDLE',
  'SESSION_REQUEST_TIMEOUT',
] as const
export type ClosingReason = (typeof closingReasons)[number]

/** An NCIP message draws this status, Problems included. */
export const messageStatus = 200

/** What HTTP itself may say to what is no request of its own, or to another path or method. */
export const brokenRequestStatuses: ReadonlySet<number> = new Set([
  400, 404, 405, 408, 413, 414, 415, 417, 431, 501, 505,
])

/** A machine that was told 15 seconds waits so long. */
export const patienceMs = 15_000

/** What may stay behind after everything was collected. */
export const mostGrowthBytes = 64 * 1024 * 1024

/** Changes at Alma and the requests that may ask for them. */
export const changesOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['createLoan', ['11', 'CheckOutItem']],
  ['updateLoan', ['11', '29', 'CheckOutItem', 'RenewItem']],
  ['renewLoan', ['11', '29', '65', 'CheckOutItem', 'RenewItem']],
  ['scanItem', ['09', '11', 'CheckInItem']],
  ['createRequest', ['15', 'RequestItem']],
  ['createTitleRequest', ['15', 'RequestItem']],
  ['createItemRequest', ['15', 'RequestItem']],
  ['updateRequest', ['15']],
  ['cancelRequest', ['15', 'CancelRequestItem']],
  ['payAllFees', ['37']],
  ['payFee', ['37']],
  ['updateUser', ['01', '25']],
  ['updateItem', ['19']],
])

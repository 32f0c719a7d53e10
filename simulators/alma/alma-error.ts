/** The refusals of the API: code and text of each. Nearly all travel with HTTP status 400, not found included. */
export class AlmaError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.name = 'AlmaError'
    this.code = code
    this.status = status
  }
}

const refusal =
  <P extends readonly string[]>(code: string, text: (...parts: P) => string) =>
  (...parts: P): AlmaError =>
    new AlmaError(code, text(...parts))

export const refusals = {
  userNotFound: refusal('401861', (id: string) => `User with identifier ${id} was not found.`),
  userOfTypeNotFound: refusal(
    '401890',
    (id: string, type: string) => `User with identifier ${id} of type ${type} was not found.`,
  ),
  wrongPassword: refusal('401866', () => 'User authentication failed'),
  userUpdateFailed: refusal('401860', () => 'Failed to update user'),
  userFieldInvalid: refusal('401864', (name: string, value: string) => `Given ${name} (${value}) is invalid.`),
  noValidBody: refusal('401676', () => 'No valid XML was given.'),
  noItemForBarcode: refusal('401689', (barcode: string) => `No items found for barcode ${barcode}.`),
  illegalBarcode: refusal('401690', () => 'The barcode is not legal.'),
  mandatoryFieldMissing: refusal('401664', (field: string) => `Mandatory field is missing: ${field}`),
  parameterMissing: refusal(
    '40166414',
    (name: string, valid: string) => `The parameter '${name}' is mandatory. Valid options are: ${valid}.`,
  ),
  parameterInvalid: refusal(
    '40166411',
    (name: string, value: string) => `The parameter ${name} is invalid. Received: ${value}.`,
  ),
  oneParameterMissing: refusal(
    '40166415',
    (names: string) => `Must send at least one of the following parameters: [${names}]`,
  ),
  invalidField: refusal(
    '40166404',
    (field: string, value: string) => `Given field ${field} has invalid value ${value}.`,
  ),
  itemOnLoanToPatron: refusal('400042', () => 'Item is already loaned to this patron.'),
  notAPatron: refusal('401151', () => 'User is not a patron.'),
  deskCannotLend: refusal('401153', () => 'Item cannot be loaned from this circulation desk.'),
  loanLimit: refusal('401161', () => 'The patron has reached the limit of simultaneous loans.'),
  blocked: refusal(
    '401163',
    (type: string, description: string, note: string, scope: string) =>
      `${type}  -   ${description}. ${note} Scope: ${scope}`,
  ),
  blockedBySystem: refusal(
    '401201',
    (type: string, description: string, scope: string) => `${type}  -   ${description}.  Scope: ${scope}`,
  ),
  cardExpired: refusal('401168', () => "Patron's card has expired."),
  otherCopyOnLoan: refusal('401198', () => 'Patron has another copy of this title on loan.'),
  notLoanable: refusal('401651', () => 'Item is not loanable.'),
  pidEmpty: refusal('401672', () => 'PID field is empty.'),
  cannotRenew: refusal('401822', (loanId: string) => `Cannot renew loan: Loan ID ${loanId}.`),
  loanNotFound: refusal('401823', (loanId: string) => `Loan ID ${loanId} does not exist.`),
  loanOperationInvalid: refusal('60211', () => 'Loan operation not valid.'),
  dueDateMissing: refusal('401824', () => 'Due date is not in loan object.'),
  dueDateInPast: refusal('401681', () => 'Due date cannot be in the past.'),
  mmsIdInvalid: refusal('402203', (mmsId: string) => `Input parameters mmsId ${mmsId} is not valid.`),
  mmsIdNotNumeric: refusal('402204', (mmsId: string) => `Input parameters mmsId ${mmsId} is not numeric.`),
  libraryInvalid: refusal('402469', () => 'Current library is not valid.'),
  locationInvalid: refusal('60215', () => 'Current location is not valid.'),
  orderingInvalid: refusal('60216', () => 'The ordering is not valid.'),
  offsetTooLarge: refusal('60217', () => 'The offset is too large.'),
  queryInvalid: refusal('60106', () => 'Invalid query format.'),
  dateFilterInvalid: refusal('402217', () => 'Invalid date format for item filter.'),
  scanFailed: refusal('402502', () => 'Scan in of item failed.'),
  noItemFulfils: refusal('401129', () => 'No items can fulfill the submitted request.'),
  requestExists: refusal('401136', () => 'Failed to save the request: Patron has active request for selected item.'),
  pickupLibraryNotFound: refusal('401891', (code: string) => `Pickup library with code ${code} was not found.`),
  pickupDeskNotFound: refusal(
    '401895',
    (desk: string, library: string) =>
      `Pickup circulation desk with code ${desk} and library code ${library} was not found.`,
  ),
  noPersonalDelivery: refusal('60308', () => 'Delivery to personal address is not supported.'),
  noFulfillmentNetwork: refusal('60324', () => 'Fulfillment network is not configured.'),
  requestItemNotFound: refusal('60328', () => 'Item for request was not found.'),
  requestFailed: refusal('60331', () => 'Failed to create request.'),
  requestNotFound: refusal('401694', () => 'Request Identifier not found.'),
  feeNotFound: refusal('401665', () => 'Fine not found.'),
  parameterNotValid: refusal('401666', () => 'Parameter is not valid.'),
  feeTypeMissing: refusal('4019991', () => 'User fine/fee type is required.'),
  feeTypeInvalid: refusal('4019992', () => 'User fine/fee type invalid entry.'),
  feeBarcodeInvalid: refusal('4019993', () => 'User item barcode invalid entry.'),
  feeAmountMissing: refusal('4019994', () => 'User fine/fee original amount is required.'),
  feeOwnerMissing: refusal('4019996', () => 'User fine/fee owner is required.'),
  feeOwnerNotLibrary: refusal('4019997', () => 'User fine/fee owner must be a library and not institution.'),
  codeTableNotFound: refusal('402119', (name: string) => `General error: code table ${name} does not exist.`),
} as const

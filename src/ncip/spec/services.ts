/** The services that are answered here. */
export const servedServices = [
  'LookupUser',
  'LookupItem',
  'CheckOutItem',
  'CheckInItem',
  'RenewItem',
  'RequestItem',
  'CancelRequestItem',
] as const

export type ServedService = (typeof servedServices)[number]

/** Every other initiation message and notification of the 2.02 schema; each has an answer of its own name. */
export const unservedServices = [
  'AcceptItem',
  'AgencyCreated',
  'AgencyUpdated',
  'CancelRecallItem',
  'CirculationStatusChangeReported',
  'CirculationStatusUpdated',
  'CreateAgency',
  'CreateItem',
  'CreateUser',
  'CreateUserFiscalTransaction',
  'DeleteItem',
  'DeleteUser',
  'ItemCheckedIn',
  'ItemCheckedOut',
  'ItemCreated',
  'ItemRecallCancelled',
  'ItemRecalled',
  'ItemReceived',
  'ItemRenewed',
  'ItemRequestCancelled',
  'ItemRequestUpdated',
  'ItemRequested',
  'ItemShipped',
  'ItemUpdated',
  'LookupAgency',
  'LookupItemSet',
  'LookupRequest',
  'RecallItem',
  'ReportCirculationStatusChange',
  'SendUserNotice',
  'UndoCheckOutItem',
  'UpdateAgency',
  'UpdateCirculationStatus',
  'UpdateItem',
  'UpdateRequestItem',
  'UpdateUser',
  'UserCreated',
  'UserFiscalTransactionCreated',
  'UserNoticeSent',
  'UserUpdated',
] as const

export type UnservedService = (typeof unservedServices)[number]
export type KnownService = ServedService | UnservedService

const served: ReadonlySet<string> = new Set(servedServices)
const unserved: ReadonlySet<string> = new Set(unservedServices)

export const isServed = (name: string): name is ServedService => served.has(name)
export const isKnown = (name: string): name is KnownService => served.has(name) || unserved.has(name)

/** Whether a service only reads, so that it can be asked again whatever became of it. */
export const changesNothing = (service: KnownService): boolean => service.startsWith('Lookup')

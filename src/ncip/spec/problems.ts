import type { KnownService } from './services.ts'

/** Problems of the message itself. [Z39.83 messaging error type] */
export const messagingProblems = [
  'Invalid Message Syntax Error',
  'Protocol Error',
  'Unknown Element',
  'Unknown Scheme',
  'Unknown Service',
  'Unknown Value From Known Scheme',
] as const

/** Problems that any service may have. [Z39.83 general processing error type] */
export const generalProblems = [
  'Agency Authentication Failed',
  'Invalid Amount',
  'Invalid Date',
  'Needed Data Missing',
  'System Authentication Failed',
  'Temporary Processing Failure',
  'Unauthorized Combination Of Element Values For Agency',
  'Unauthorized Combination Of Element Values For System',
  'Unauthorized Service For Agency',
  'Unauthorized Service For System',
  'Unknown Agency',
  'Unknown System',
  'Unsupported Service',
] as const

/** Problems of one service. [Z39.83 processing error types] */
export const serviceProblems = {
  LookupUser: [
    'Element Rule Violated',
    'Non-Unique User',
    'Unknown User',
    'User Access Denied',
    'User Authentication Failed',
  ],
  LookupItem: ['Element Rule Violated', 'Item Access Denied', 'Non-Unique Item', 'Unknown Item'],
  CheckOutItem: [
    'Item Does Not Circulate',
    'Maximum Check Outs Exceeded',
    'Resource Cannot Be Provided',
    'Unknown Item',
    'Unknown Request',
    'Unknown User',
    'Unsupported Shipping Address Type',
    'User Authentication Failed',
    'User Blocked',
    'User Ineligible To Check Out This Item',
  ],
  CheckInItem: ['Item Not Checked Out', 'Unknown Item'],
  RenewItem: [
    'Item Not Checked Out',
    'Item Not Renewable',
    'Maximum Renewals Exceeded',
    'Renewal Not Allowed - Item Has Outstanding Requests',
    'Unknown Item',
    'Unknown User',
    'User Authentication Failed',
    'User Blocked',
    'User Ineligible To Renew This Item',
  ],
  RequestItem: [
    'Duplicate Request',
    'Element Rule Violated',
    'Item Does Not Circulate',
    'Item Not Available By Need Before Date',
    'Unknown Item',
    'Unknown User',
    'User Authentication Failed',
    'User Blocked',
    'User Ineligible To Request This Item',
  ],
  CancelRequestItem: [
    'Element Rule Violated',
    'Request Already Processed',
    'Unknown Item',
    'Unknown Request',
    'Unknown User',
    'User Authentication Failed',
  ],
} as const

type Served = keyof typeof serviceProblems

export type MessagingProblem = (typeof messagingProblems)[number]
export type GeneralProblem = (typeof generalProblems)[number]
export type CommonProblem = MessagingProblem | GeneralProblem
export type ProblemOf<S extends Served> = CommonProblem | (typeof serviceProblems)[S][number]

const root = 'http://www.niso.org/ncip/v1_0/schemes'
const messaging: ReadonlySet<string> = new Set(messagingProblems)
const general: ReadonlySet<string> = new Set(generalProblems)

/** The scheme in which a problem is registered: messaging, general, else the service's own. */
export function schemeOfProblem(type: string, service: KnownService | undefined): string {
  if (messaging.has(type)) return `${root}/messagingerrortype/messagingerrortype.scm`
  if (general.has(type) || service === undefined) return `${root}/processingerrortype/generalprocessingerror.scm`
  return `${root}/processingerrortype/${service.toLowerCase()}processingerror.scm`
}

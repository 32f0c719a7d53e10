/** What a directory's answer to a bind or a search means for the patron who waits. */
import { InvalidCredentialsError, PasswordPolicyError, ResultCodeError } from 'ldapts'
import { type NotDone, type RefusalReason, refused, unavailable } from '../circulation/outcome.ts'
import { AccountRefusedError } from './account.ts'
import { TransportError } from './host.ts'
import { QueueFullError } from './pool.ts'

/** Result codes of a bind that say no to this person, beside 49. [RFC 4511 A.2] */
const bindRefusals: Readonly<Record<number, RefusalReason>> = {
  /** 389 Directory Server: too many wrong passwords. */
  19: 'patron-blocked',
  /** No such object, and a name that cannot be one. */
  32: 'patron-pin-wrong',
  34: 'patron-pin-wrong',
  /** The entry has no password. */
  48: 'patron-pin-wrong',
  /** 389 Directory Server: the account was switched off. */
  53: 'patron-inactive',
}

/** Active Directory's reason behind 49, in its text: `AcceptSecurityContext error, data 775`. */
const activeDirectoryRefusals: Readonly<Record<string, RefusalReason>> = {
  '530': 'not-permitted',
  '531': 'not-permitted',
  '532': 'patron-blocked',
  '533': 'patron-inactive',
  '701': 'patron-expired',
  '773': 'patron-blocked',
  '775': 'patron-blocked',
}

/** OpenLDAP's and others' reason behind 49. [draft-behera-ldap-password-policy 9] */
const policyRefusals: Readonly<Record<number, RefusalReason>> = {
  [PasswordPolicyError.PasswordExpired]: 'patron-blocked',
  [PasswordPolicyError.AccountLocked]: 'patron-blocked',
}

const invalidCredentials = 49
const strongAuthRequired = 8
const confidentialityRequired = 13

/** @param policyError of the answer's password policy control, undefined when it had none. */
export function judgeBind(error: unknown, policyError: number | undefined): NotDone {
  if (error instanceof InvalidCredentialsError) {
    const data = /\bdata ([0-9a-f]{3,4})\b/i.exec(error.message)?.[1]?.toLowerCase()
    if (data !== undefined) {
      return refused(activeDirectoryRefusals[data] ?? 'patron-pin-wrong', '', `ldap ${invalidCredentials} data ${data}`)
    }
    const reason = policyError === undefined ? undefined : policyRefusals[policyError]
    const evidence = `ldap ${invalidCredentials}${policyError === undefined ? '' : ` policy ${policyError}`}`
    return refused(reason ?? 'patron-pin-wrong', '', evidence)
  }
  const reason = error instanceof ResultCodeError ? bindRefusals[error.code] : undefined
  return reason === undefined ? judgeFailure(error) : refused(reason, '', `ldap ${(error as ResultCodeError).code}`)
}

/** What is nobody's fault who waits: throws what is no answer and no failure of the network. */
export function judgeFailure(error: unknown): NotDone {
  if (error instanceof QueueFullError) return unavailable('overload', 'ldap')
  if (error instanceof TransportError) {
    return unavailable(error.code === 'ETIMEDOUT' ? 'timeout' : 'offline', `ldap ${error.code}`)
  }
  if (error instanceof AccountRefusedError) return unavailable('key-refused', `ldap ${error.code} account`)
  if (error instanceof ResultCodeError) {
    const refusesUs = error.code === strongAuthRequired || error.code === confidentialityRequired
    return unavailable(refusesUs ? 'key-refused' : 'internal', `ldap ${error.code}`)
  }
  throw error
}

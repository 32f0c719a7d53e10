/** The account with which entries are searched. */
import { ResultCodeError } from 'ldapts'
import type { LdapConfig } from './config.ts'
import type { LdapConnection } from './connection.ts'

/** The directory does not take the account. */
export class AccountRefusedError extends Error {
  readonly code: number

  constructor(code: number) {
    super(`result code ${code}`)
    this.code = code
  }
}

/** Without an account the searches are anonymous. */
export async function bindAccount(
  connection: LdapConnection,
  find: LdapConfig['find'],
  signal: AbortSignal,
): Promise<void> {
  if ('userDn' in find || find.account === undefined) return
  const { dn, password } = find.account
  try {
    await connection.ask((client) => client.bind(dn, password), signal)
  } catch (error) {
    throw error instanceof ResultCodeError ? new AccountRefusedError(error.code) : error
  }
}

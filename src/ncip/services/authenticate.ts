import { type NotDone, refused } from '../../circulation/outcome.ts'
import { checkPassword } from '../../circulation/patron.ts'
import type { UserInput } from '../message.ts'
import type { ServiceContext } from './service.ts'

/**
 * Checks the password of a user where the partner's rule asks for it; undefined when the user may go on. A digest
 * cannot be checked, because the library system and the directory want the password itself.
 */
export async function authenticate(user: UserInput, context: ServiceContext): Promise<NotDone | undefined> {
  const { partner, visit, circulation, call } = context
  const rule = partner.userAuthentication ?? 'when-sent'
  if (rule === 'ignored') return undefined
  const { secret } = user
  if (secret === undefined) return rule === 'required' ? refused('patron-pin-wrong') : undefined
  if (secret.kind === 'digest') return refused('patron-pin-wrong')
  const { identifier } = user
  const checked = await checkPassword(identifier, secret.value, visit, circulation, call, partner.passwordKeeper)
  if (checked.kind !== 'done') return checked
  return checked.value === true ? undefined : refused('patron-pin-wrong')
}

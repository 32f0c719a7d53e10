import { type NotDone, refused } from '../../circulation/outcome.ts'
import { checkPassword } from '../../circulation/patron.ts'
import type { UserInput } from '../message.ts'
import type { ServiceContext } from './service.ts'

/**
 * Checks the password of a user where the partner's rule asks for it; undefined when the user may go on. A digest
 * cannot be checked, because the library system wants the password itself.
 */
export async function authenticate(user: UserInput, context: ServiceContext): Promise<NotDone | undefined> {
  const rule = context.partner.userAuthentication ?? 'when-sent'
  if (rule === 'ignored') return undefined
  const { secret } = user
  if (secret === undefined) return rule === 'required' ? refused('patron-pin-wrong') : undefined
  if (secret.kind === 'digest') return refused('patron-pin-wrong')
  const checked = await checkPassword(user.identifier, secret.value, context.visit, context.circulation, context.call)
  if (checked.kind !== 'done') return checked
  return checked.value === true ? undefined : refused('patron-pin-wrong')
}

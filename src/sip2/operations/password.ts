import { type NotDone, type Outcome, refused } from '../../circulation/outcome.ts'
import { checkPassword } from '../../circulation/patron.ts'
import type { OperationContext } from './operation.ts'

/**
 * Whether the password of a request is right; undefined when none was given or this terminal has none checked. Where an
 * empty one is refused it counts as a wrong one that was never checked.
 */
export function checkGivenPassword(
  patron: string,
  password: string | undefined,
  context: OperationContext,
): Promise<Outcome<boolean | undefined>> {
  const { circulation, visit, call, terminal } = context
  const { pinPolicy, emptyPin } = terminal.profile
  if (pinPolicy !== 'none' && emptyPin === 'refuse' && (password ?? '') === '')
    return Promise.resolve(refused('patron-pin-wrong'))
  const given = pinPolicy === 'none' ? '' : (password ?? '')
  return checkPassword(patron, given, visit, circulation, call, pinPolicy === 'ldap' ? 'directory' : 'library-system')
}

/** Why a request must not be carried out: its password is wrong, or it could not be checked. */
export async function refuseWrongPassword(
  patron: string,
  password: string | undefined,
  context: OperationContext,
): Promise<NotDone | undefined> {
  const checked = await checkGivenPassword(patron, password, context)
  if (checked.kind !== 'done') return checked
  return checked.value === false ? refused('patron-pin-wrong') : undefined
}

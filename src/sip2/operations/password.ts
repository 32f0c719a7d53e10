import { type NotDone, type Outcome, refused } from '../../circulation/outcome.ts'
import { checkPassword } from '../../circulation/patron.ts'
import type { OperationContext } from './operation.ts'

/** Whether the password of a request is right; undefined when none was given or this terminal has none checked. */
export function checkGivenPassword(
  patron: string,
  password: string | undefined,
  context: OperationContext,
): Promise<Outcome<boolean | undefined>> {
  const { circulation, visit, call, terminal } = context
  const given = terminal.profile.pinPolicy === 'none' ? '' : (password ?? '')
  return checkPassword(patron, given, visit, circulation, call)
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

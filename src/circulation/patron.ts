import type { Circulation } from './circulation.ts'
import type { Patron } from './model.ts'
import { type Outcome, done, refused } from './outcome.ts'
import type { Call } from './ports.ts'
import type { Visit } from './visit.ts'

/** One patron, from the visit when it is fresh there, else with one call. */
export async function findPatron(
  identifier: string,
  visit: Visit,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<Patron>> {
  if (identifier === '') return refused('patron-unknown')
  const known = visit.patron(identifier)
  if (known) return done(known)
  const found = await circulation.system.patrons.find(identifier, call)
  if (found.kind === 'done') visit.remember(identifier, found.value)
  return found
}

/**
 * Checks a password with the library system, once a visit. An empty password was not given and is not checked:
 * undefined.
 */
export async function checkPassword(
  identifier: string,
  password: string,
  visit: Visit,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<boolean | undefined>> {
  if (password === '') return done(undefined)
  const known = visit.passwordChecked(identifier, password)
  if (known !== undefined) return done(known)
  const checked = await circulation.system.patrons.verifyPassword(identifier, password, call)
  if (checked.kind === 'done') {
    visit.rememberPassword(identifier, password, true)
    return done(true)
  }
  if (checked.kind === 'refused' && checked.reason === 'patron-pin-wrong') {
    visit.rememberPassword(identifier, password, false)
    return done(false)
  }
  return checked
}

import type { Circulation } from './circulation.ts'
import type { Patron } from './model.ts'
import { type Outcome, done, refused } from './outcome.ts'
import type { Call, PasswordKeeper } from './ports.ts'
import { barrierOf, judgeStanding } from './standing.ts'
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
  if (found.kind === 'done') {
    visit.remember(identifier, found.value)
    const { seen, limits, clock } = circulation
    const standing = judgeStanding(found.value, undefined, limits, clock.now())
    seen.remember(identifier, found.value, barrierOf(found.value, standing))
  } else if (found.kind === 'refused') {
    circulation.seen.forget(identifier)
  }
  return found
}

/** A patron's canonical identifier, from the visit when it was ever read there, else with one call. */
export async function findPatronId(
  identifier: string,
  visit: Visit,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<string>> {
  const known = visit.idOf(identifier)
  if (known !== undefined) return done(known)
  const patron = await findPatron(identifier, visit, circulation, call)
  return patron.kind === 'done' ? done(patron.value.id) : patron
}

/**
 * Checks a password with whoever keeps it, once a visit. An empty password was not given and is not checked: undefined.
 * Refused with `patron-pin-throttled`, without a look at it, after too many wrong ones.
 */
export async function checkPassword(
  identifier: string,
  password: string,
  visit: Visit,
  circulation: Circulation,
  call: Call,
  keeper: PasswordKeeper = 'library-system',
): Promise<Outcome<boolean | undefined>> {
  if (password === '') return done(undefined)
  const known = visit.passwordChecked(identifier, password)
  if (known !== undefined) return done(known)

  const { clock, system, seen, passwords } = circulation
  const names = [identifier, seen.canonical(identifier)]
  const attempt = passwords?.throttle?.begin(names, system.institution, call.machine)
  if (passwords?.throttle && !attempt) return refused('patron-pin-throttled')
  if (attempt && attempt.delayMs > 0) await clock.sleep(attempt.delayMs, call.signal)

  const checked =
    keeper === 'directory'
      ? await askDirectory(identifier, password, visit, circulation, call)
      : await system.patrons.verifyPassword(identifier, password, call)
  if (!isWrong(checked)) attempt?.forgive()
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

/** A card that nobody has counts too: whoever tries many must not learn which there are. */
const isWrong = (checked: Outcome<true>): boolean =>
  checked.kind === 'refused' && (checked.reason === 'patron-pin-wrong' || checked.reason === 'patron-unknown')

async function askDirectory(
  identifier: string,
  password: string,
  visit: Visit,
  circulation: Circulation,
  call: Call,
): Promise<Outcome<true>> {
  const directory = circulation.passwords?.directory
  if (!directory) return refused('not-configured')
  const { identifierKind } = directory
  if (identifierKind === undefined) return directory.verify(identifier, password, call)
  const found = await findPatron(identifier, visit, circulation, call)
  if (found.kind !== 'done') return found
  const name = identifierOf(found.value, identifierKind)
  return name === undefined ? refused('patron-pin-wrong') : directory.verify(name, password, call)
}

function identifierOf({ id, identifiers }: Patron, identifierKind: string): string | undefined {
  if (identifierKind === 'primary') return id
  return identifiers.find(({ kind, active }) => active && kind === identifierKind)?.value
}

import type { Clock } from '../circulation/ports.ts'
import type { Config, InstitutionConfig, Sip2ListenerConfig } from '../runtime/config/schema.ts'
import type { Log } from '../runtime/log.ts'
import { newId } from '../runtime/new-id.ts'
import type { Passwords } from '../runtime/password.ts'
import { Sip2Listener } from '../sip2/listener.ts'
import type { SessionLimits } from '../sip2/session.ts'
import type { Profile, Terminal } from '../sip2/terminal.ts'
import { Terminals } from '../sip2/terminals.ts'
import type { InstitutionParts } from './circulations.ts'

/** Longer than a kiosk's retries last: after this an equal sequence number and checksum are a new request's. */
const repeatWindowMs = 120_000

/** The SIP2 listeners of the config, not yet started. */
export function makeSip2Listeners(
  config: Config,
  parts: {
    readonly institutions: ReadonlyMap<string, InstitutionParts>
    readonly passwords: Passwords
    readonly clock: Clock
    readonly log: Log
  },
): Sip2Listener[] {
  const terminals = makeTerminals(config, parts.passwords, parts.log)
  const stranger = makeStranger(config)
  return config.listeners.sip2.map(
    (listener) =>
      new Sip2Listener(listener, {
        terminals,
        stranger,
        circulationOf: (institution) => get(parts.institutions, institution).circulation,
        clock: parts.clock,
        log: parts.log,
        newId,
        limits: limitsOf(listener, config),
      }),
  )
}

function makeTerminals(config: Config, passwords: Passwords, log: Log): Terminals {
  const institutions = new Map(config.institutions.map((institution) => [institution.id, institution]))
  const entries = config.terminals.map((terminal) => ({
    config: terminal,
    terminal: makeTerminal(
      terminal.name,
      get(institutions, terminal.institution),
      { library: terminal.library, circulationDesk: terminal.circulationDesk },
      profileOf(terminal.profile, config),
    ),
  }))
  return new Terminals(entries, async (password, hash, from) => {
    const check = await passwords.verify(password, hash, from)
    if (check === 'invalid-hash') log.error('PASSWORD_HASH_INVALID')
    return check === 'right'
  })
}

function makeTerminal(name: string, of: InstitutionConfig, place: Terminal['place'], profile: Profile): Terminal {
  return { name, institution: of.id, agency: of.agency, libraryName: of.name, place, profile }
}

/** A machine that has not logged in speaks the plain profile and belongs nowhere. */
function makeStranger(config: Config): Terminal {
  const place = { library: '', circulationDesk: '' }
  return { name: '', institution: '', agency: '', libraryName: '', place, profile: profileOf('plain', config) }
}

function limitsOf(listener: Sip2ListenerConfig, config: Config): SessionLimits {
  const { maxFrameBytes, maxPipelined, loginTimeoutMs, idleTimeoutMs, writeTimeoutMs } = listener
  const { loginAttempts } = config.limits
  return { maxFrameBytes, maxPipelined, loginTimeoutMs, idleTimeoutMs, writeTimeoutMs, loginAttempts, repeatWindowMs }
}

function profileOf(name: string, config: Config): Profile {
  const profile = (config.profiles as Readonly<Record<string, Profile>>)[name]
  if (!profile) throw new Error(`the configuration names a profile that it does not have: ${name}`)
  return profile
}

function get<T>(map: ReadonlyMap<string, T>, id: string): T {
  const value = map.get(id)
  if (value === undefined) throw new Error(`the configuration names an institution that it does not have: ${id}`)
  return value
}

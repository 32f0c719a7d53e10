import { isAscii } from 'node:buffer'
import { type ChecksumState, type Decoded, decode } from './codec.ts'
import type { Profile } from './terminal.ts'

interface Dialect extends Pick<Profile, 'charset' | 'delimiter'> {
  /** Who speaks so. */
  readonly users: Set<string>
}

type Reading = Extract<Decoded<'request'>, { readonly kind: 'message' }>

/** What a profile says of checksums that are wrong. */
export type ErrorDetection = Pick<Profile, 'errorDetection' | 'checksumLenient'>

/** Whether error detection says that a message did not come as it was sent. */
export const isGarbled = (checksum: ChecksumState, { errorDetection, checksumLenient }: ErrorDetection): boolean =>
  errorDetection !== 'never' && (checksum === 'wrong' || (checksum === 'code-points' && !checksumLenient))

const loginCode = Buffer.from('93')

/** The first that is found in any dialect holds. */
const verdicts = ['bytes', 'code-points', 'wrong'] as const

/**
 * Reads the requests of machines that have not logged in. Delimiter and charset are the terminal's, and which terminal it
 * is stands in the log-in: it is read in every dialect, and the one counts whose user it names.
 *
 * Only what the log-in says depends on the user. Were error detection that of the user as well, a wrong checksum would be
 * answered in one way when the user exists and in another when not.
 */
export class LoginReader {
  /** The stranger's own first. */
  readonly #dialects: readonly Dialect[]
  /** Of everybody who has not logged in: as lenient as the most lenient profile of a log-in. */
  readonly errorDetection: ErrorDetection

  /** @param stranger how a machine speaks of which nothing is known */
  constructor(stranger: Profile, logins: readonly { readonly user: string; readonly profile: Profile }[]) {
    const dialects = new Map<string, Dialect>()
    const dialectOf = ({ charset, delimiter }: Profile): Dialect => {
      const dialect = dialects.get(delimiter + charset) ?? { charset, delimiter, users: new Set() }
      dialects.set(delimiter + charset, dialect)
      return dialect
    }
    dialectOf(stranger)
    for (const { user, profile } of logins) dialectOf(profile).users.add(user)
    this.#dialects = [...dialects.values()]

    const profiles = [stranger, ...logins.map(({ profile }) => profile)]
    const never = profiles.some(({ errorDetection }) => errorDetection === 'never')
    this.errorDetection = {
      errorDetection: never ? 'never' : stranger.errorDetection,
      checksumLenient: profiles.some(({ checksumLenient }) => checksumLenient),
    }
  }

  /** Decodes a request, a log-in once in every dialect in which it may read differently. Never throws. */
  read(frame: Buffer): Decoded<'request'> {
    const isLogin = frame.subarray(0, loginCode.length).equals(loginCode)
    const ascii = isAscii(frame)
    const readings = new Map<string, Reading>()
    let named: Reading | undefined
    for (const { charset, delimiter, users } of this.#dialects) {
      // In ASCII all charsets agree.
      const way = ascii ? delimiter : delimiter + charset
      const reading = readings.get(way) ?? decode(frame, { charset, delimiter, direction: 'request' })
      if (!isLogin || reading.kind !== 'message') return reading
      readings.set(way, reading)
      if (reading.message.code === '93' && users.has(reading.message.fields.CN ?? '')) named ??= reading
    }
    return mergeEnvelopes(named, [...readings.values()])
  }
}

/** Checksum and sequence number as any dialect finds them, whoever is named: what is answered depends on them. */
function mergeEnvelopes(named: Reading | undefined, readings: readonly Reading[]): Reading {
  const [plain] = readings as [Reading]
  const { message, warnings } = named ?? plain
  if (readings.length === 1) return { kind: 'message', message, warnings }
  const checksum = verdicts.find((verdict) => readings.some((one) => one.message.checksum === verdict)) ?? 'absent'
  const sequence = readings.map((one) => one.message.sequence).find((found) => found !== undefined)
  return { kind: 'message', message: { ...message, checksum, sequence }, warnings }
}

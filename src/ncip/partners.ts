import { createHash, timingSafeEqual } from 'node:crypto'
import type { Place } from '../circulation/model.ts'
import type { MinorVersion } from './dialect.ts'
import type { InitiationHeader } from './message.ts'
import { type NcipProblem, headerProblem } from './problem.ts'
import { type KnownService, type ServedService, isServed } from './spec/services.ts'

/** Where a patron fetches a requested item; without a desk the library system chooses it. */
export interface PickupPlace {
  readonly library: string
  readonly circulationDesk: string | undefined
}

/** One agency that may send messages, and how it is served. */
export interface NcipPartner {
  /** Name in logs, metrics and the journal; the agency id when left out. */
  readonly name?: string
  /** The id that the partner puts into FromAgencyId; compared without regard to case. */
  readonly agency: string
  /** Secret that must come with each message; a partner without one is let in by its agency id alone. */
  readonly key?: string
  /** Key of the institution that serves this partner. */
  readonly institution: string
  /** Agency ids under which the partner may address us; the first is how we call ourselves. */
  readonly addressedAs: readonly [string, ...string[]]
  /** Where its items are lent and taken back. */
  readonly place: Place
  /**
   * When given, a message must carry one of these ApplicationProfileTypes (compared without regard to case); each
   * may have a desk of its own. So several partners can share an agency id.
   */
  readonly applicationProfiles?: Readonly<Record<string, Place | undefined>>
  /** What the partner may ask for; everything when left out. */
  readonly services?: readonly ServedService[]
  /** What the partner can read, when its messages name another version. */
  readonly version?: MinorVersion
  /** Whether a user's password is checked: when one is sent, always, or never. */
  readonly userAuthentication?: 'when-sent' | 'required' | 'ignored'
  /** PickupLocation values that are neither `LIBRARY` nor `LIBRARY.DESK`. */
  readonly pickupLocations?: Readonly<Record<string, PickupPlace>>
  /** Used when a request names no pickup location; the place of lending when left out. */
  readonly defaultPickup?: PickupPlace
  /**
   * What DesiredDateDue means: the last second of the day as written, the last second of the day that it is at the
   * library, the instant itself, or nothing.
   */
  readonly desiredDateDue?: 'day' | 'local-day' | 'instant' | 'ignored'
  /** The words of the STATUS privilege; OK and BLOCKED when left out. */
  readonly statusWords?: { readonly good: string; readonly blocked: string }
  /** Set for a storage system, whose check-ins and check-outs are scans at a desk. */
  readonly remoteStorage?: RemoteStorageDialect
}

export interface RemoteStorageDialect {
  /** FromSystemId that marks such messages; `NCIP_REMOTE_STORAGE` when left out. */
  readonly systemId?: string
  /** The desks, as `LIBRARY.DESK`, that it may name; any when left out. */
  readonly desks?: readonly string[]
}

export interface ResolvedPartner {
  readonly partner: NcipPartner
  readonly place: Place
}

export type Resolution =
  | { readonly kind: 'partner'; readonly resolved: ResolvedPartner }
  | { readonly kind: 'refused'; readonly problem: NcipProblem }

/**
 * Finds who sent a message and whether it may. `keys` are the secrets that came with it, in whatever place.
 */
export class PartnerDirectory {
  readonly #byAgency = new Map<string, NcipPartner[]>()

  constructor(partners: readonly NcipPartner[]) {
    for (const partner of partners) {
      const agency = fold(partner.agency)
      this.#byAgency.set(agency, [...(this.#byAgency.get(agency) ?? []), partner])
    }
  }

  resolve(header: InitiationHeader | undefined, service: KnownService, keys: readonly string[]): Resolution {
    const refuse = (...problem: Refusal): Resolution => ({
      kind: 'refused',
      problem: headerProblem(service, ...problem),
    })
    if (header === undefined || header.fromAgency === '') {
      return refuse('Needed Data Missing', 'The message does not say which agency sends it.', 'FromAgencyId', '')
    }
    const candidates = this.#byAgency.get(fold(header.fromAgency))
    if (candidates === undefined) {
      return refuse('Unknown Agency', 'No partner has this agency id.', 'FromAgencyId', header.fromAgency)
    }
    const resolved = matchProfile(candidates, header.applicationProfile)
    if (resolved === undefined) {
      return refuse(
        'Unauthorized Combination Of Element Values For Agency',
        'Unknown partner: the application profile does not belong to this agency.',
        'ApplicationProfileType',
        header.applicationProfile,
      )
    }
    const { partner } = resolved
    if (!holdsKey(partner, [...keys, header.fromAgencyAuthentication])) {
      return refuse(
        'Agency Authentication Failed',
        'The key of the agency is missing or wrong.',
        'FromAgencyId',
        header.fromAgency,
      )
    }
    if (header.toAgency !== '' && !partner.addressedAs.some((agency) => fold(agency) === fold(header.toAgency))) {
      return refuse('Unknown Agency', 'This agency is not served here.', 'ToAgencyId', header.toAgency)
    }
    if (isServed(service) && partner.services?.includes(service) === false) {
      return refuse(
        'Unauthorized Service For Agency',
        `The agency may not use ${service}.`,
        'FromAgencyId',
        header.fromAgency,
      )
    }
    return { kind: 'partner', resolved }
  }
}

type Refusal = [type: Parameters<typeof headerProblem>[1], detail: string, element: string, value: string]

const fold = (text: string): string => text.toLowerCase()

/** A partner that names the profile comes before one that takes any. */
function matchProfile(candidates: readonly NcipPartner[], profile: string): ResolvedPartner | undefined {
  for (const partner of candidates) {
    const own = Object.entries(partner.applicationProfiles ?? {}).find(([name]) => fold(name) === fold(profile))
    if (own) return { partner, place: own[1] ?? partner.place }
  }
  const open = candidates.find((partner) => partner.applicationProfiles === undefined)
  return open && { partner: open, place: open.place }
}

function holdsKey(partner: NcipPartner, keys: readonly string[]): boolean {
  const { key } = partner
  // Every key is compared, so that the time taken tells nothing.
  return key === undefined || keys.map((sent) => isEqual(sent, key)).includes(true)
}

const isEqual = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

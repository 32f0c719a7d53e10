import { createHash, timingSafeEqual } from 'node:crypto'
import type { Place } from '../circulation/model.ts'
import type { PasswordKeeper } from '../circulation/ports.ts'
import { makeNetworkTest } from '../runtime/networks.ts'
import type { MinorVersion } from './dialect.ts'
import type { InitiationHeader } from './message.ts'
import { type NcipProblem, headerProblem } from './problem.ts'
import type { CommonProblem } from './spec/problems.ts'
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
  /** Networks from which it may send, each an address or in CIDR form; any when left out or empty. */
  readonly allowFrom?: readonly string[]
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
  /** Who checks it; the library system when left out. */
  readonly passwordKeeper?: PasswordKeeper
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
  /** What may be promised while the library system is away; nothing when left out. */
  readonly offline?: AwayPolicy
  /** Set for a storage system, whose check-ins and check-outs are scans at a desk. */
  readonly remoteStorage?: RemoteStorageDialect
}

export interface AwayPolicy {
  readonly renew: 'pending' | 'refuse'
  /** DateOfExpectedReply of Pending: so many minutes from now. */
  readonly expectedReplyMinutes: number
}

export interface RemoteStorageDialect {
  /** FromSystemId that marks such messages; `NCIP_REMOTE_STORAGE` when left out. */
  readonly systemId?: string
  /** The desks, as `LIBRARY.DESK`, that it may name; any when left out. */
  readonly desks?: readonly string[]
}

export interface ResolvedPartner {
  readonly header: InitiationHeader
  readonly partner: NcipPartner
  readonly place: Place
}

/** Why a message was not let in. */
export type PartnerRefusal = 'agency-unknown' | 'address-not-allowed' | 'key-wrong' | 'service-not-allowed'

export type Resolution =
  | { readonly kind: 'partner'; readonly resolved: ResolvedPartner }
  | {
      readonly kind: 'refused'
      readonly reason: PartnerRefusal
      readonly problem: NcipProblem
      /** Set once it is certain who sent the message. */
      readonly partner: NcipPartner | undefined
    }

/** How a message came. */
export interface Origin {
  /** IP address of the sender. */
  readonly address: string
  /** Secrets that came beside the message, in whatever place the transport has for them. */
  readonly keys: readonly string[]
}

interface Entry {
  readonly partner: NcipPartner
  readonly mayComeFrom: (address: string) => boolean
}

/** Finds who sent a message and whether it may. */
export class PartnerDirectory {
  readonly #byAgency = new Map<string, Entry[]>()

  constructor(partners: readonly NcipPartner[]) {
    for (const partner of partners) {
      const agency = fold(partner.agency)
      const entry = { partner, mayComeFrom: makeNetworkTest(partner.allowFrom ?? []) }
      this.#byAgency.set(agency, [...(this.#byAgency.get(agency) ?? []), entry])
    }
  }

  resolve(header: InitiationHeader | undefined, service: KnownService, origin: Origin): Resolution {
    const refuse = (
      reason: PartnerRefusal,
      [type, detail, element, value]: Complaint,
      known?: NcipPartner,
    ): Resolution => ({
      kind: 'refused',
      reason,
      problem: headerProblem(service, type, detail, element, value),
      partner: known,
    })
    if (header === undefined || header.fromAgency === '') return refuse('agency-unknown', complaints.noAgency())
    const { fromAgency, toAgency, applicationProfile } = header
    const candidates = this.#byAgency.get(fold(fromAgency))
    if (candidates === undefined) return refuse('agency-unknown', complaints.unknownAgency(fromAgency))
    const entry = matchProfile(candidates, applicationProfile)
    if (entry === undefined) return refuse('agency-unknown', complaints.unknownProfile(applicationProfile))
    const { partner } = entry
    if (!entry.mayComeFrom(origin.address)) return refuse('address-not-allowed', complaints.wrongAddress(fromAgency))
    if (!holdsKey(partner, [...origin.keys, header.fromAgencyAuthentication])) {
      return refuse('key-wrong', complaints.wrongKey(fromAgency))
    }
    if (toAgency !== '' && !partner.addressedAs.some((agency) => fold(agency) === fold(toAgency))) {
      return refuse('agency-unknown', complaints.notForUs(toAgency), partner)
    }
    if (isServed(service) && partner.services?.includes(service) === false) {
      return refuse('service-not-allowed', complaints.forbidden(service, fromAgency), partner)
    }
    return { kind: 'partner', resolved: { header, partner, place: placeOf(partner, applicationProfile) } }
  }
}

type Complaint = readonly [type: CommonProblem, detail: string, element: string, value: string]

const complaints = {
  noAgency: (): Complaint => [
    'Needed Data Missing',
    'The message does not say which agency sends it.',
    'FromAgencyId',
    '',
  ],
  unknownAgency: (agency: string): Complaint => [
    'Unknown Agency',
    'No partner has this agency id.',
    'FromAgencyId',
    agency,
  ],
  unknownProfile: (profile: string): Complaint => [
    'Unauthorized Combination Of Element Values For Agency',
    'Unknown partner: the application profile does not belong to this agency.',
    'ApplicationProfileType',
    profile,
  ],
  wrongAddress: (agency: string): Complaint => [
    'Agency Authentication Failed',
    'The agency may not send from this address.',
    'FromAgencyId',
    agency,
  ],
  wrongKey: (agency: string): Complaint => [
    'Agency Authentication Failed',
    'The key of the agency is missing or wrong.',
    'FromAgencyId',
    agency,
  ],
  notForUs: (agency: string): Complaint => ['Unknown Agency', 'This agency is not served here.', 'ToAgencyId', agency],
  forbidden: (service: ServedService, agency: string): Complaint => [
    'Unauthorized Service For Agency',
    `The agency may not use ${service}.`,
    'FromAgencyId',
    agency,
  ],
}

const fold = (text: string): string => text.toLowerCase()

/** A partner that names the profile comes before one that takes any. */
function matchProfile(candidates: readonly Entry[], profile: string): Entry | undefined {
  return (
    candidates.find(({ partner }) => ownProfile(partner, profile) !== undefined) ??
    candidates.find(({ partner }) => partner.applicationProfiles === undefined)
  )
}

const ownProfile = (partner: NcipPartner, profile: string): readonly [string, Place | undefined] | undefined =>
  Object.entries(partner.applicationProfiles ?? {}).find(([name]) => fold(name) === fold(profile))

const placeOf = (partner: NcipPartner, profile: string): Place => ownProfile(partner, profile)?.[1] ?? partner.place

function holdsKey(partner: NcipPartner, keys: readonly string[]): boolean {
  const { key } = partner
  // Every key is compared, so that the time taken tells nothing.
  return key === undefined || keys.map((sent) => isEqual(sent, key)).includes(true)
}

const isEqual = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

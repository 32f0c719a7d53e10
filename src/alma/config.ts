/**
 * What the adapter must be told about one institution. Values arrive resolved: no file, no environment, no secret
 * reference is read here.
 */
import type { CommonPaymentMethod, FeeKind, MediaKind } from '../circulation/model.ts'
import type { Priority } from '../circulation/ports.ts'

export interface AlmaLimits {
  /** Longest time that one HTTP exchange may take, connecting included. */
  readonly callTimeoutMs: number
  readonly connectTimeoutMs: number
  /** Most sockets that are open to the gateway at once. */
  readonly connections: number
  /** Largest body of an answer, in bytes; a larger one counts as no answer. */
  readonly answerBytes: number
  /** Attempts at one call, the first included. */
  readonly attempts: number
  /** Most elements that are read of one list, over all of its pages. */
  readonly listLength: number
}

export interface QuotaConfig {
  readonly perSecond: number
  /** Calls that may start at once after a pause. In any second at most `perSecond + burst` calls are started. */
  readonly burst: number
  /** Tokens of the burst that a class leaves for those before it. */
  readonly reserve: { readonly partner: number; readonly background: number }
  /** A class is stopped when Alma says that fewer calls than this are left today. */
  readonly dailyFloor: { readonly partner: number; readonly background: number }
  readonly wait: Readonly<Record<Priority, { readonly maxMs: number; readonly queue: number }>>
  /** Pause after a 429. */
  readonly coolDownMs: number
  /** Calls per second that the rate regains in a second after it was halved. */
  readonly recoveryPerSecond: number
  /** The rate is never halved below this. */
  readonly lowestPerSecond: number
}

export interface BreakerConfig {
  /** Calls in a row without an answer of Alma after which it counts as away. */
  readonly failures: number
  /** Pause between two probes while Alma is away. */
  readonly probeEveryMs: number
}

export interface BlockRule {
  readonly loan: boolean
  readonly renew: boolean
  readonly hold: boolean
}

/** What differs between institutions or is not documented. Each has a default in `almaDefaults`. */
export interface AlmaOptions {
  /** What a user block forbids. Alma does not tell: by description code, else by type, else the default. */
  readonly blocks: {
    readonly byDescription: Readonly<Record<string, BlockRule>>
    readonly byType: Readonly<Record<string, BlockRule>>
    readonly otherwise: BlockRule
  }
  readonly paymentMethods: Readonly<Record<CommonPaymentMethod, string>>
  /** Fee type code to kind, before the built-in table. */
  readonly feeTypes: Readonly<Record<string, FeeKind>>
  /** Physical material type code to kind of medium, before the built-in table. */
  readonly materialTypes: Readonly<Record<string, MediaKind>>
  readonly scan: {
    /** Count the scan of an item in its place as in-house use. */
    readonly registerInHouseUse: boolean
    /** Put a requested item on the hold shelf at once, without hold shelf processing. */
    readonly placeOnHoldShelf: boolean
    /** Answer yes to the question that staff would be asked. */
    readonly confirm: boolean
    /** Language of the routing text, which is read by its English labels. Empty sends none. */
    readonly language: string
  }
  /** A renewal that Alma answers with 200 counts only when these hold, as far as they can be told. */
  readonly renewal: { readonly requireLaterDue: boolean; readonly requireStatus: boolean }
  readonly cancelHold: { readonly reason: string; readonly notifyUser: boolean }
  /** So long after a loan Alma's index may still lack the title's copies, and a request may be refused; 0 for never. */
  readonly staleIndexMs: number
  /** Stands at the beginning of the note of every block that is placed here, and tells which may be lifted. */
  readonly blockMark: string
}

export interface AlmaConfig {
  /** Alma's institution code, as `01ABC_INST`. */
  readonly institution: string
  /** Origin of the gateway, with a path in front of `/almaws/v1` when a proxy needs one. */
  readonly baseUrl: string
  readonly apiKey: string
  /** IANA zone of the libraries' dates. */
  readonly timeZone: string
  /** ISO 4217. */
  readonly currency: string
  readonly limits: AlmaLimits
  readonly quota: QuotaConfig
  readonly breaker: BreakerConfig
  readonly idCache: { readonly entries: number; readonly ttlMs: number }
  readonly options: AlmaOptions
}

export type AlmaSettings = Omit<AlmaConfig, 'institution' | 'baseUrl' | 'apiKey' | 'timeZone' | 'currency'>

export const almaDefaults: AlmaSettings = {
  limits: {
    callTimeoutMs: 4_000,
    connectTimeoutMs: 2_000,
    connections: 32,
    answerBytes: 8 * 1024 * 1024,
    attempts: 3,
    listLength: 2_000,
  },
  quota: {
    perSecond: 20,
    burst: 5,
    reserve: { partner: 1, background: 2 },
    dailyFloor: { partner: 2_000, background: 10_000 },
    wait: {
      patron: { maxMs: 3_000, queue: 200 },
      partner: { maxMs: 5_000, queue: 100 },
      background: { maxMs: 60_000, queue: 100 },
    },
    coolDownMs: 1_000,
    recoveryPerSecond: 0.1,
    lowestPerSecond: 1,
  },
  breaker: { failures: 5, probeEveryMs: 10_000 },
  idCache: { entries: 50_000, ttlMs: 24 * 60 * 60 * 1_000 },
  options: {
    blocks: { byDescription: {}, byType: {}, otherwise: { loan: true, renew: true, hold: true } },
    paymentMethods: { cash: 'CASH', 'credit-card': 'CREDIT_CARD', online: 'ONLINE' },
    feeTypes: {},
    materialTypes: {},
    scan: { registerInHouseUse: false, placeOnHoldShelf: false, confirm: false, language: 'en' },
    renewal: { requireLaterDue: true, requireStatus: true },
    cancelHold: { reason: 'CancelledAtPatronRequest', notifyUser: true },
    staleIndexMs: 6_000,
    blockMark: '[Circbridge]',
  },
}

/** How bad things are in one seed. Many seeds are fine in some respect, so that faults are seen alone and together. */
import type { Random } from './random.ts'

export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

export type OutageKind = 'refused' | 'silent' | 'maintenance' | 'errors'

export interface Weather {
  /** Chances of what happens to one call. */
  readonly calls: {
    readonly refused: number
    readonly requestLost: number
    readonly answerLost: number
    readonly slow: number
    readonly status500: number
    readonly threshold: number
    readonly maintenance: number
    /** A scan that is carried out and answered as if it had failed. */
    readonly scanError: number
  }
  readonly outages: readonly (Window & { readonly kind: OutageKind })[]
  /** Calls a second that Alma takes. */
  readonly perSecond: number
  readonly disk: {
    /** What a commit takes when nothing is wrong. */
    readonly usualMs: number
    readonly stall: number
    readonly fullWindows: readonly Window[]
  }
  readonly kills: readonly Kill[]
  readonly wallJumps: readonly { readonly atMs: number; readonly offsetMs: number }[]
  readonly kiosks: {
    readonly cut: number
    readonly garbled: number
    readonly impatient: number
    /** The machine works alone for a while, and reports later by its own clock. */
    readonly offline: number
  }
}

/** At a time, or at the n-th event of a kind after it. */
export interface Kill {
  readonly atMs: number
  readonly after: { readonly label: string; readonly count: number } | undefined
  readonly downMs: number
}

/** Kinds of events behind which a kill hurts. */
export const tenderLabels = [
  'commit written',
  'commit told',
  'alma executes',
  'alma answers',
  'call leaves',
  'bytes to the bridge',
  'bytes to the kiosk',
] as const

/** Kiosks begin nothing new after this. */
export const busyMs = 240_000

/** The wall clock stays within the skew that the settling of unknown ends allows for. */
const mostWallOffsetMs = 55_000

export function makeWeather(random: Random): Weather {
  const wallJumps = Array.from({ length: random.pick([0, 0, 0, 1, 2]) }, () => ({
    atMs: random.between(1_000, busyMs),
    offsetMs: random.between(-mostWallOffsetMs, mostWallOffsetMs),
  }))
  const sometimes = (share: number, most: number): number => (random.chance(share) ? random.next() * most : 0)
  return {
    calls: {
      refused: sometimes(0.3, 0.1),
      requestLost: sometimes(0.4, 0.12),
      answerLost: sometimes(0.5, 0.2),
      slow: sometimes(0.4, 0.15),
      status500: sometimes(0.3, 0.1),
      threshold: sometimes(0.3, 0.1),
      maintenance: sometimes(0.2, 0.08),
      scanError: sometimes(0.2, 0.1),
    },
    outages: Array.from({ length: random.pick([0, 0, 1, 1, 2]) }, () => ({
      ...windowOf(random, 5_000, 90_000),
      kind: random.pick(['refused', 'silent', 'maintenance', 'errors'] as const),
    })),
    perSecond: random.pick([3, 10, 25, 25]),
    disk: {
      usualMs: random.pick([2, 5, 60]),
      stall: sometimes(0.3, 0.03),
      fullWindows: random.chance(0.2) ? [1, 2].map(() => windowOf(random, 500, 20_000)) : [],
    },
    kills: Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, () => ({
      atMs: random.between(2_000, busyMs),
      after: random.chance(0.7) ? { label: random.pick(tenderLabels), count: random.integer(1, 6) } : undefined,
      downMs: random.between(50, 8_000),
    })),
    wallJumps,
    kiosks: {
      cut: sometimes(0.4, 0.1),
      garbled: sometimes(0.2, 0.05),
      impatient: sometimes(0.5, 0.3),
      // With clocks that disagree nobody can tell whether a report is from before or after something else.
      offline: wallJumps.length > 0 ? 0 : sometimes(0.6, 0.25),
    },
  }
}

function windowOf(random: Random, leastMs: number, mostMs: number): Window {
  const fromMs = random.between(1_000, busyMs)
  return { fromMs, toMs: fromMs + random.between(leastMs, mostMs) }
}

export const isWithin = (windows: readonly Window[], now: number): boolean =>
  windows.some(({ fromMs, toMs }) => now >= fromMs && now < toMs)

/** Nothing goes wrong any more. */
export const calm: Weather = {
  calls: {
    refused: 0,
    requestLost: 0,
    answerLost: 0,
    slow: 0,
    status500: 0,
    threshold: 0,
    maintenance: 0,
    scanError: 0,
  },
  outages: [],
  perSecond: 25,
  disk: { usualMs: 2, stall: 0, fullWindows: [] },
  kills: [],
  wallJumps: [],
  kiosks: { cut: 0, garbled: 0, impatient: 0, offline: 0 },
}

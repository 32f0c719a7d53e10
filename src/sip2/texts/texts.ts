import type { CheckinNotice } from '../../circulation/checkin.ts'
import type { NotDone, RefusalReason, UnavailableCause } from '../../circulation/outcome.ts'
import type { screenLanguages } from '../../runtime/config/schema.ts'
import { arabic } from './arabic.ts'
import { dutch } from './dutch.ts'
import { english } from './english.ts'
import { finnish } from './finnish.ts'
import { french } from './french.ts'
import { german } from './german.ts'
import { hebrew } from './hebrew.ts'
import { italian } from './italian.ts'
import { spanish } from './spanish.ts'
import { swedish } from './swedish.ts'

/** Every sentence that a patron can read on a kiosk, in one language. `{…}` marks what is filled in. */
export interface Catalogue {
  readonly refused: Readonly<Record<RefusalReason, string>>
  /** `{time}` is when to try again. */
  readonly unavailable: Readonly<Record<UnavailableCause, string>>
  /** Alma's end is not known; the patron must not try again alone. */
  readonly unknown: string
  /** It is promised, and is not at the library system yet. */
  readonly noted: string
  /** It had happened already, and the library system refuses it. */
  readonly notedRefused: string
  readonly notice: Readonly<Record<CheckinNotice, string>>
  /** BCP 47, for days in sentences. */
  readonly locale: string
  readonly notLoggedIn: string
  readonly renewed: string
  readonly feePaid: string
  readonly feeWaived: string
  /** More was paid than was owed; the rest is not booked. */
  readonly overpaid: string
  /** The same, and staff are told that the library owes it. */
  readonly credited: string
  readonly holdPlaced: string
  readonly holdChanged: string
  readonly holdCancelled: string
  readonly renewedAll: string
  /** What the renewals that were left out cost together. */
  readonly renewalFees: string
  readonly expired: string
  readonly owes: string
}

export const builtInCatalogues: Readonly<Record<(typeof screenLanguages)[number], Catalogue>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  it: italian,
  nl: dutch,
  sv: swedish,
  fi: finnish,
  he: hebrew,
  ar: arabic,
}

/** The sentence for an operation that was not done; the library system's own words follow where it gave any. */
export function explain(outcome: NotDone, catalogue: Catalogue, time: string): string {
  if (outcome.kind === 'unknown') return catalogue.unknown
  if (outcome.kind === 'unavailable') return fill(catalogue.unavailable[outcome.cause], { time })
  const sentence = catalogue.refused[outcome.reason]
  return outcome.text === '' ? sentence : `${sentence} ${outcome.text}`
}

/** Fills the marks of a sentence. */
export const fill = (sentence: string, values: Readonly<Record<string, string>>): string =>
  sentence.replace(/\{(\w+)\}/g, (mark, name: string) => values[name] ?? mark)

import type { CheckinNotice } from '../../circulation/checkin.ts'
import type { NotDone, RefusalReason, UnavailableCause } from '../../circulation/outcome.ts'
import { languages as languageCodes } from '../spec/codes.ts'
import { german } from './german.ts'
import { english } from './english.ts'

/** Every sentence that a patron can read on a kiosk, in one language. `{…}` marks what is filled in. */
export interface Catalogue {
  readonly refused: Readonly<Record<RefusalReason, string>>
  readonly unavailable: Readonly<Record<UnavailableCause, string>>
  /** Alma's end is not known; the patron must not try again alone. */
  readonly unknown: string
  readonly notice: Readonly<Record<CheckinNotice, string>>
  /** BCP 47, for days in sentences. */
  readonly locale: string
  readonly notLoggedIn: string
  readonly renewed: string
  readonly feePaid: string
  readonly renewedAll: string
  readonly expired: string
  readonly owes: string
}

const catalogues = { en: english, de: german } as const satisfies Record<string, Catalogue>

export type Language = keyof typeof catalogues
export const languages = Object.keys(catalogues) as Language[]

/** The catalogue's language for each SIP2 code, where it has one. [SIP2 2.00 language] */
const byCode = new Map(
  Object.entries(languageCodes).map(([code, { tag }]) => [
    code,
    languages.find((language) => tag.split('-')[0] === language),
  ]),
)

/** The request's language when the terminal offers it, else the terminal's own. */
export function chooseLanguage(code: string | undefined, offered: readonly Language[], own: Language): Language {
  const asked = byCode.get(code ?? '')
  return asked !== undefined && offered.includes(asked) ? asked : own
}

export const catalogueOf = (language: Language): Catalogue => catalogues[language]

/** The sentence for an operation that was not done; the library system's own words follow where it gave any. */
export function explain(outcome: NotDone, catalogue: Catalogue): string {
  if (outcome.kind === 'unknown') return catalogue.unknown
  if (outcome.kind === 'unavailable') return catalogue.unavailable[outcome.cause]
  const sentence = catalogue.refused[outcome.reason]
  return outcome.text === '' ? sentence : `${sentence} ${outcome.text}`
}

/** Fills the marks of a sentence. */
export const fill = (sentence: string, values: Readonly<Record<string, string>>): string =>
  sentence.replace(/\{(\w+)\}/g, (mark, name: string) => values[name] ?? mark)

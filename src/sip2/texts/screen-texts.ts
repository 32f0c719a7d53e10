/** The languages of one configuration, and which of them a terminal is spoken to in. */
import type { ProfileConfig, ScreenTextsConfig } from '../../runtime/config/schema.ts'
import { type Charset, holdsLetters } from '../charset.ts'
import { languages as languageCodes } from '../spec/codes.ts'
import { type Catalogue, builtInCatalogues } from './texts.ts'

/** A BCP 47 tag that has a catalogue. */
export type Language = string

type Wishes = Pick<ProfileConfig, 'languages' | 'defaultLanguage' | 'charset'>

const lastResort = 'en'

export class ScreenTexts {
  readonly #catalogues: ReadonlyMap<Language, Catalogue>
  readonly #fitting = new Map<string, boolean>()

  constructor(library: Readonly<Record<Language, ScreenTextsConfig>> = {}) {
    const catalogues = new Map<Language, Catalogue>(Object.entries(builtInCatalogues))
    const isBuiltIn = ([language]: readonly [Language, unknown]) => Object.hasOwn(builtInCatalogues, language)
    const all = Object.entries(library)
    // Those that are built in first: others fall back on what the library has made of them.
    for (const [language, own] of [...all.filter(isBuiltIn), ...all.filter((one) => !isBuiltIn(one))]) {
      const builtIn = catalogues.get(language)
      const base = builtIn ?? catalogues.get(own.fallback ?? lastResort) ?? builtInCatalogues[lastResort]
      catalogues.set(language, makeCatalogue(own, base, builtIn?.locale ?? language))
    }
    this.#catalogues = catalogues
  }

  catalogueOf(language: Language): Catalogue {
    return this.#catalogues.get(language) ?? this.#catalogues.get(lastResort) ?? builtInCatalogues[lastResort]
  }

  /**
   * The request's language when the terminal offers it, else that of the session so far, else the terminal's own. A
   * language whose letters the terminal's character set lacks is none of them. [SIP2 2.00 language]
   */
  choose(code: string | undefined, soFar: Language | undefined, wishes: Wishes): Language {
    const { languages: offered, defaultLanguage, charset } = wishes
    const asked = this.#languagesOf(code ?? '').filter((language) => offered?.includes(language) ?? true)
    const wanted = [...asked, ...(soFar === undefined ? [] : [soFar]), defaultLanguage]
    return wanted.find((language) => this.#fits(language, charset)) ?? lastResort
  }

  /** Canadian French where the library has texts in it, else French. */
  #languagesOf(code: string): readonly Language[] {
    const tag = Object.hasOwn(languageCodes, code) ? languageCodes[code as keyof typeof languageCodes].tag : ''
    return [tag, tag.split('-')[0] ?? ''].filter((language) => this.#catalogues.has(language))
  }

  #fits(language: Language, charset: Charset): boolean {
    const key = `${language} ${charset}`
    const known = this.#fitting.get(key)
    if (known !== undefined) return known
    const catalogue = this.#catalogues.get(language)
    const fits = catalogue !== undefined && holdsLetters(sentencesOf(catalogue).join(' '), charset)
    this.#fitting.set(key, fits)
    return fits
  }
}

/** Every sentence of a catalogue; the marks in it are made of Latin letters. */
export const sentencesOf = (catalogue: Catalogue): readonly string[] =>
  Object.entries(catalogue)
    .filter(([key]) => key !== 'locale')
    .flatMap(([, value]) => (typeof value === 'string' ? [value] : Object.values<string>(value)))

function makeCatalogue(
  { fallback: _fallback, locale, refused, unavailable, notice, ...own }: ScreenTextsConfig,
  base: Catalogue,
  usualLocale: string,
): Catalogue {
  return {
    ...base,
    ...withoutUndefined(own),
    locale: locale ?? usualLocale,
    refused: { ...base.refused, ...withoutUndefined(refused) },
    unavailable: { ...base.unavailable, ...withoutUndefined(unavailable) },
    notice: { ...base.notice, ...withoutUndefined(notice) },
  }
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** A key that is there without a value would hide the sentence below it. */
const withoutUndefined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>

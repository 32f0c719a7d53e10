import { z } from 'zod'
import { refusalReasons, unavailableCauses } from '../../../circulation/outcome.ts'
import { setting } from '../fields.ts'

/** Languages that need no texts of the library's own. */
export const screenLanguages = ['en', 'de', 'fr', 'es', 'it', 'nl', 'sv', 'fi', 'he', 'ar'] as const

const notices = ['hold-here', 'hold-elsewhere', 'other-library', 'department', 'note'] as const

/** What a sentence must have filled in, by its path; the others have nothing. */
const marksOf: Readonly<Record<string, readonly string[]>> = {
  'unavailable.offline': ['time'],
  'notice.hold-elsewhere': ['destination'],
  'notice.other-library': ['destination'],
  'notice.department': ['destination'],
  renewed: ['due'],
  'refused.fee-not-accepted': ['amount'],
  feePaid: ['amount'],
  feeWaived: ['amount'],
  overpaid: ['amount'],
  credited: ['amount'],
  renewedAll: ['renewed', 'unrenewed'],
  renewalFees: ['amount'],
  expired: ['date'],
  owes: ['amount'],
}

const sentence = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^\P{Cc}*$/u, { error: 'must be one line' })

/** BCP 47, as far as SIP2 tells languages apart. */
export const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, {
  error: 'must be a language such as pl or fr-CA',
})

const one = (title: string, description: string) => setting(sentence.optional(), title, description)

const screenTexts = z
  .strictObject({
    fallback: setting(
      z.enum(screenLanguages).optional(),
      'Fallback',
      'Of a language that is not built in: the one whose sentences stand for those that are missing here.',
    ),
    locale: setting(
      z.string().refine(isLocale, { error: 'must be a language tag such as pl or fr-CA' }).optional(),
      'Locale',
      'How days are written in sentences, as a BCP 47 tag. Without it the language itself.',
    ),
    refused: setting(
      z.partialRecord(z.enum(refusalReasons), sentence).default({}),
      'Refusals',
      'By the reason for which the library says no.',
    ),
    unavailable: setting(
      z.partialRecord(z.enum(unavailableCauses), sentence).default({}),
      'Not available',
      'By the cause for which nothing could be done. {time} in offline is when to try again.',
    ),
    notice: setting(
      z.partialRecord(z.enum(notices), sentence).default({}),
      'Notices',
      'What is said of a returned item. All but hold-here and note have {destination}.',
    ),
    unknown: one('Not confirmed', 'It is not known whether it was booked.'),
    noted: one('Noted', 'It will be booked when Alma is back.'),
    notedRefused: one('Noted and refused', 'It had happened already, and Alma refuses it.'),
    notLoggedIn: one('Not logged in', 'The machine has to log in first.'),
    renewed: one('Renewed', 'With {due}.'),
    feePaid: one('Fee paid', 'With {amount}.'),
    feeWaived: one('Fee written off', 'With {amount}.'),
    overpaid: one('Overpaid', 'More was paid than was owed, and the rest is not booked. With {amount}, the rest.'),
    credited: one('Credited', 'The same, and staff are told of the credit. With {amount}, the rest.'),
    holdPlaced: one('Request placed', 'A hold was placed.'),
    holdChanged: one('Request changed', 'A hold has another pickup location or last day.'),
    holdCancelled: one('Request cancelled', 'A hold was cancelled.'),
    renewedAll: one('All renewed', 'With {renewed} and {unrenewed}, both numbers.'),
    renewalFees: one('Fee for the rest', 'What the renewals that were left out cost together, with {amount}.'),
    expired: one('Card has expired', 'With {date}.'),
    owes: one('Owes', 'With {amount}.'),
  })
  .superRefine((value, context) => {
    for (const [path, text] of sentencesOf(value)) {
      const wanted = marksOf[path.join('.')] ?? []
      if (isEqual(marksIn(text), wanted)) continue
      const list = wanted.map((mark) => `{${mark}}`).join(' and ')
      context.addIssue({
        code: 'custom',
        path: [...path],
        message: list === '' ? 'takes no {…}' : `must hold ${list} and no other {…}`,
      })
    }
  })

export const texts = setting(
  z.record(language, screenTexts).default({}),
  'Screen texts',
  'Sentences of the library in place of the built-in ones, by language, and further languages.',
)

export type ScreenTextsConfig = z.infer<typeof screenTexts>

/** Paths of all sentences that a language has: `['refused', 'item-unknown']`. */
export const sentencePaths: readonly (readonly string[])[] = Object.entries(screenTexts.shape)
  .filter(([key]) => key !== 'fallback' && key !== 'locale')
  .flatMap(([key]) => {
    const groups: Readonly<Record<string, readonly string[]>> = {
      refused: refusalReasons,
      unavailable: unavailableCauses,
      notice: notices,
    }
    return groups[key]?.map((name) => [key, name]) ?? [[key]]
  })

function sentencesOf(value: Readonly<Record<string, unknown>>): (readonly [readonly string[], string])[] {
  return sentencePaths.flatMap((path) => {
    const found = path.reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], value)
    return typeof found === 'string' ? [[path, found] as const] : []
  })
}

const marksIn = (text: string): readonly string[] => [...text.matchAll(/\{([^}]*)\}/g)].map(([, mark]) => mark ?? '')

const isEqual = (some: readonly string[], others: readonly string[]): boolean =>
  some.toSorted().join(' ') === others.toSorted().join(' ')

function isLocale(value: string): boolean {
  try {
    return Intl.getCanonicalLocales(value).length === 1
  } catch {
    return false
  }
}

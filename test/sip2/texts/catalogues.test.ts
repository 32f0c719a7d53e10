/** Every language: complete, well-formed, short, and whole on every terminal that can show it. */
import t from 'tap'
import { configSchema, screenLanguages } from '../../../src/runtime/config/schema.ts'
import { sentencePaths } from '../../../src/runtime/config/sections/texts.ts'
import { type Charset, charsets, decodeText, encodeText, fitText, holdsLetters } from '../../../src/sip2/charset.ts'
import { formatReadableDate } from '../../../src/sip2/dates.ts'
import { sentencesOf } from '../../../src/sip2/texts/screen-texts.ts'
import { builtInCatalogues, type Catalogue, fill } from '../../../src/sip2/texts/texts.ts'
import { wrapText } from '../../../src/sip2/wrap-text.ts'

/** A dialogue of a kiosk shows some 80 characters at a glance. */
const longestSentence = 85
const widths = [16, 20, 24, 32, 40, 80, 255]

const samples = { amount: '1234.50 EUR', destination: 'Main Library', renewed: '12', unrenewed: '3', time: '13:15' }
/** A sentence as it is read: with every name of a month where it has a day. */
function filled(sentence: string, { locale }: Catalogue): string[] {
  if (!/\{(due|date)\}/.test(sentence)) return [fill(sentence, samples)]
  return Array.from({ length: 12 }, (_, month) => {
    const day = new Date(Date.UTC(2026, month, 28, 12))
    const date = formatReadableDate(day, 'Europe/Rome', { locale, time: false })
    return fill(sentence, { ...samples, due: date, date })
  })
}

const scripts: Readonly<Record<string, RegExp>> = {
  he: /^[\p{Script=Hebrew}\P{L}]+$/u,
  ar: /^[\p{Script=Arabic}\P{L}]+$/u,
}

for (const language of screenLanguages) {
  const catalogue = builtInCatalogues[language]
  const sentences = sentencesOf(catalogue)

  t.test(`${language}: every sentence is there, with its marks and no others`, async (t) => {
    t.equal(sentences.length, sentencePaths.length)
    // What the library may write in its file, the built-in texts keep too.
    const read = configSchema.shape.texts.safeParse({ xx: catalogue })
    t.equal(read.error, undefined)
  })

  t.test(`${language}: short, tidy, in its own script`, async (t) => {
    for (const sentence of sentences) {
      t.match(sentence, /^\S.*[.]$/u)
      t.notMatch(sentence, /\s\s|[|^\u200e\u200f\u202a-\u202e\u2066-\u2069]/u, 'no control of direction, no delimiter')
      const parts = sentence.split(/(?<=[.!?]) /)
      for (const part of parts) t.ok(part.length <= longestSentence, `${part.length}: ${part}`)
      t.match(sentence.replace(/\{\w+\}|PIN/g, ''), scripts[language] ?? /^[\p{Script=Latin}\P{L}]+$/u)
    }
    t.same(Intl.getCanonicalLocales(catalogue.locale), [catalogue.locale])
  })

  t.test(`${language}: whole at every width and in every character set that can carry it`, async (t) => {
    const carriers = charsets.filter((charset) => holdsLetters(sentences.join(), charset))
    t.ok(carriers.includes('utf-8'))
    for (const charset of carriers) {
      for (const text of sentences.flatMap((sentence) => filled(sentence, catalogue))) {
        const { text: fitted } = fitText(text, charset)
        if (fitted.includes('?')) t.fail(`${text} in ${charset}`)
        if (decodeText(encodeText(fitted, charset), charset) !== fitted) t.fail(`${fitted} is not ${charset}`)
        for (const width of widths) {
          const lines = wrapText(fitted, width)
          if (lines.some((line) => [...line].length > width)) t.fail(`${fitted} is wider than ${width}`)
          if (lines.join('').replaceAll(/\s/g, '') !== fitted.replaceAll(/\s/g, '')) t.fail(`${fitted} lost something`)
        }
      }
    }
    t.pass(carriers.join(', '))
  })
}

t.test('which sets carry which script', async (t) => {
  const carry = (language: keyof typeof builtInCatalogues) =>
    charsets.filter((charset) => holdsLetters(sentencesOf(builtInCatalogues[language]).join(), charset))
  const every: readonly Charset[] = charsets
  for (const language of ['en', 'de', 'fr', 'es', 'it', 'nl', 'sv', 'fi'] as const) t.same(carry(language), every)
  t.same(carry('he'), ['cp862', 'iso-8859-8', 'windows-1255', 'utf-8'])
  t.same(carry('ar'), ['iso-8859-6', 'windows-1256', 'utf-8'])
})

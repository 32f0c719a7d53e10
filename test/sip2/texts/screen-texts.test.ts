import t from 'tap'
import { configSchema } from '../../../src/runtime/config/schema.ts'
import { ScreenTexts } from '../../../src/sip2/texts/screen-texts.ts'
import { builtInCatalogues } from '../../../src/sip2/texts/texts.ts'
import { Kiosk, login } from '../../helpers/kiosk.ts'

const wishes = { languages: undefined, defaultLanguage: 'en', charset: 'utf-8' } as const
const readTexts = (texts: object) => new ScreenTexts(configSchema.shape.texts.parse(texts))

/** [SIP2 2.00 language] */
const codes = {
  '001': 'en',
  '002': 'fr',
  '003': 'de',
  '004': 'it',
  '005': 'nl',
  '006': 'sv',
  '007': 'fi',
  '008': 'es',
  '011': 'fr',
  '013': 'he',
  '016': 'ar',
  '021': 'es',
  '024': 'en',
  '026': 'nl',
}

for (const [code, language] of Object.entries(codes)) {
  t.test(`a kiosk that asks for language ${code} reads ${language}`, async (t) => {
    t.equal(
      new ScreenTexts().choose(code, undefined, { ...wishes, defaultLanguage: language === 'en' ? 'de' : 'en' }),
      language,
    )
    const kiosk = new Kiosk(t, { profile: { charset: 'utf-8', defaultLanguage: language === 'en' ? 'de' : 'en' } })
    await kiosk.ask(login)
    const reply = await kiosk.ask(`23${code}20260301    120000AO01INST|AAnobody|AC|AD|`)
    const text = Buffer.from(reply ?? '', 'latin1').toString('utf8')
    t.ok(text.includes(`|AF${builtInCatalogues[language as 'en'].refused['patron-unknown']}|`), text)
  })
}

t.test('the request, then the session, then the terminal', async (t) => {
  const texts = new ScreenTexts()
  t.equal(texts.choose('002', 'de', wishes), 'fr')
  t.equal(texts.choose('000', 'de', wishes), 'de')
  t.equal(texts.choose(undefined, 'de', wishes), 'de')
  t.equal(texts.choose('015', undefined, { ...wishes, defaultLanguage: 'fi' }), 'fi', 'no Russian here')
  t.equal(
    texts.choose('002', undefined, { ...wishes, languages: ['en', 'de'], defaultLanguage: 'de' }),
    'de',
    'not offered',
  )
  t.equal(texts.choose('zzz', undefined, wishes), 'en')
})

t.test("a language whose letters the terminal's set lacks gives way to the terminal's own", async (t) => {
  const texts = new ScreenTexts()
  for (const charset of ['cp850', 'iso-8859-1', 'iso-8859-15', 'windows-1252', 'ascii'] as const) {
    t.equal(texts.choose('013', undefined, { ...wishes, charset, defaultLanguage: 'fr' } as never), 'fr', charset)
    t.equal(texts.choose('016', undefined, { ...wishes, charset, defaultLanguage: 'fr' } as never), 'fr', charset)
  }
  t.equal(texts.choose('013', undefined, { ...wishes, charset: 'windows-1255' }), 'he')
  t.equal(texts.choose('016', undefined, { ...wishes, charset: 'windows-1255' }), 'en')
  t.equal(
    texts.choose('000', undefined, { ...wishes, charset: 'cp850', defaultLanguage: 'he' }),
    'en',
    'and at last English',
  )
})

t.test('in Hebrew on a terminal of its own set', async (t) => {
  const kiosk = new Kiosk(t, { profile: { charset: 'windows-1255', defaultLanguage: 'he' } })
  await kiosk.ask(login)
  const reply = await kiosk.ask('2300020260301    120000AO01INST|AAnobody|AC|AD|')
  t.match(reply, /\|AF\xe4\xeb\xf8\xe8\xe9\xf1 /, 'logical order: the first letter first')
})

t.test('a library changes single sentences and keeps the others', async (t) => {
  const texts = readTexts({ fr: { refused: { 'patron-blocked': 'Voyez Anne.' }, owes: 'Solde : {amount}.' } })
  const french = texts.catalogueOf('fr')
  t.equal(french.refused['patron-blocked'], 'Voyez Anne.')
  t.equal(french.owes, 'Solde : {amount}.')
  t.equal(french.locale, 'fr')
  t.equal(french.refused['patron-expired'], builtInCatalogues.fr.refused['patron-expired'])
  t.equal(texts.catalogueOf('de'), builtInCatalogues.de)
})

t.test("a language falls back on the library's own sentences of another, wherever they stand", async (t) => {
  const texts = readTexts({
    pl: { fallback: 'en', noted: 'Zapisano.' },
    ru: {},
    'fr-CA': { fallback: 'fr' },
    en: { owes: 'You owe us {amount}.', noted: 'Noted by us.' },
    fr: { owes: 'Solde : {amount}.' },
  })
  t.equal(texts.catalogueOf('pl').owes, 'You owe us {amount}.')
  t.equal(texts.catalogueOf('pl').noted, 'Zapisano.')
  t.equal(texts.catalogueOf('pl').locale, 'pl')
  t.equal(texts.catalogueOf('ru').noted, 'Noted by us.')
  t.equal(texts.catalogueOf('fr-CA').owes, 'Solde : {amount}.')
  t.equal(texts.catalogueOf('fr-CA').locale, 'fr-CA')
  t.equal(texts.catalogueOf('xx').owes, 'You owe us {amount}.', 'and at last the same English')
})

t.test('a library adds languages, which requests can ask for', async (t) => {
  const texts = readTexts({
    pl: { fallback: 'de', locale: 'pl-PL', unknown: 'Nie wiadomo, czy zapisano. Proszę zapytać bibliotekarza.' },
    ru: { fallback: 'en', noted: 'Принято.' },
    'fr-CA': { fallback: 'fr' },
  })
  t.equal(texts.choose('017', undefined, { ...wishes, charset: 'cp850' }), 'pl', 'Latin letters may lose a mark')
  t.equal(texts.catalogueOf('pl').noted, builtInCatalogues.de.noted)
  t.equal(texts.catalogueOf('pl').locale, 'pl-PL')
  t.equal(texts.choose('015', undefined, wishes), 'ru')
  t.equal(texts.choose('015', undefined, { ...wishes, charset: 'cp850' }), 'en', 'Cyrillic ones may not')
  t.equal(texts.catalogueOf('ru').locale, 'ru')
  t.equal(texts.choose('011', undefined, wishes), 'fr-CA')
  t.equal(texts.choose('002', undefined, wishes), 'fr')
})

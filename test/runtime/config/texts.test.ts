import t from 'tap'
import { formatFaults } from '../../../src/runtime/config/fault.ts'
import { parseConfig } from '../../../src/runtime/config/load.ts'
import { sentencePaths } from '../../../src/runtime/config/sections/texts.ts'

const base = `institutions:
  - id: demo
    agency: 01DEMO
    name: Demo
    timeZone: Europe/Berlin
    currency: EUR
    alma: { region: eu, key: env:ALMA_KEY }
`

function faultsOf(rest: string): string {
  const result = parseConfig(base + rest, { file: 'test.yaml', env: { ALMA_KEY: 'x' } })
  return result.ok ? '' : formatFaults(result.faults)
}

t.test('what a library may write', async (t) => {
  t.equal(faultsOf('texts: { de: { refused: { patron-blocked: Bitte zu Anna. }, owes: "Offen: {amount}" } }'), '')
  t.equal(
    faultsOf(
      'texts: { pl: { fallback: en, locale: pl-PL } }\nprofiles: { a: { languages: [pl], defaultLanguage: pl } }',
    ),
    '',
  )
  t.equal(faultsOf('profiles: { a: { languages: [he, ar, fi], defaultLanguage: ar, charset: windows-1256 } }'), '')
  const marks: Readonly<Record<string, string>> = {
    renewed: '{due}',
    feePaid: '{amount}',
    feeWaived: '{amount}',
    overpaid: '{amount}',
    credited: '{amount}',
    owes: '{amount}',
    expired: '{date}',
    renewedAll: '{renewed} {unrenewed}',
    renewalFees: '{amount}',
  }
  const whole: Record<string, Record<string, string> | string> = {}
  for (const [key = '', name] of sentencePaths) {
    if (name === undefined) whole[key] = `x ${marks[key] ?? ''}`
    else {
      const place = key === 'notice' && !['hold-here', 'note'].includes(name) ? '{destination}' : ''
      const mark = { offline: '{time}', 'fee-not-accepted': '{amount}' }[name] ?? place
      whole[key] = { ...(whole[key] as Record<string, string>), [name]: `x ${mark}` }
    }
  }
  t.equal(faultsOf(`texts: ${JSON.stringify({ pl: whole })}`), '', 'all sentences need no fallback')
})

t.test('faults have their line and path', async (t) => {
  const lines = `texts:
  fr:
    refused:
      patron-blokced: Voyez Anne.
    owes: Solde
    renewed: "{due} {time}"
    noted: "{x}"
    unknown: ""
  it: { notice: { nowhere: x }, wrong: x, fallback: fr }
  klingon: { fallback: en }
  pl: { fallback: cz, locale: "x y" }
  cs: { noted: x }
profiles:
  a: { languages: [dee], defaultLanguage: dee }
`
  const faults = faultsOf(lines)
  const expected = [
    /test\.yaml:11:7.*texts\.fr\.refused.*patron-blokced/,
    /texts\.it\.wrong/,
    /texts\.it\.notice.*nowhere/,
    /texts\.it\.fallback: is only for a language that is not built in/,
    /texts\.klingon: must be a language such as pl or fr-CA/,
    /texts\.pl\.fallback: must be one of en, de/,
    /texts\.pl\.locale: must be a language tag/,
    /texts\.fr\.unknown/,
    /texts\.cs: lacks \d\d texts, first refused\.patron-unknown: give them, or name a fallback/,
    /profiles\.a\.languages\[0\]: is a language without texts; did you mean de\?|profiles\.a\.languages\[0\]: is a language without texts/,
    /profiles\.a\.defaultLanguage: is a language without texts/,
  ]
  for (const pattern of expected) t.match(faults, pattern)
  const marks = faultsOf('texts:\n  fr:\n    owes: Solde\n    renewed: "{due} {time}"\n    noted: "{x}"\n')
  t.match(marks, /test\.yaml:10:.*texts\.fr\.owes: must hold \{amount\} and no other/)
  t.match(marks, /texts\.fr\.renewed: must hold \{due\} and no other/)
  t.match(marks, /texts\.fr\.noted: takes no \{…\}/)
})

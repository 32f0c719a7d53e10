import { readFileSync } from 'node:fs'
import t from 'tap'
import { formatFaults } from '../../../src/runtime/config/fault.ts'
import { parseConfig } from '../../../src/runtime/config/load.ts'
import { readyMadeNames, readyMadeProfiles } from '../../../src/runtime/config/ready-made-profiles.ts'
import type { Config, ProfileConfig } from '../../../src/runtime/config/schema.ts'
import { publicFields } from '../../../src/runtime/config/sections/field-rules.ts'
import { type ProfileInput, profile, wholeProfile } from '../../../src/runtime/config/sections/profile.ts'
import { replySubjects } from '../../../src/runtime/config/template-names.ts'
import { variableFields } from '../../../src/sip2/spec/fields.ts'
import { messages } from '../../../src/sip2/spec/messages.ts'

const file = (profiles: string) => `institutions:
  - { id: demo, agency: X, name: Demo, timeZone: UTC, currency: EUR, alma: { region: eu, key: env:KEY } }
profiles:
${profiles}`

const read = (profiles: string) => parseConfig(file(profiles), { file: 'c', env: { KEY: 'x' } })

function load(profiles: string): Config {
  const result = read(profiles)
  if (!result.ok) throw new Error(formatFaults(result.faults))
  return result.config
}

function profileOf(name: string, profiles: string): ProfileConfig {
  const found = (load(profiles).profiles as Readonly<Record<string, ProfileConfig>>)[name]
  if (!found) throw new Error(`there is no ${name}`)
  return found
}

function faultsOf(profiles: string): string[] {
  const result = read(profiles)
  return result.ok ? [] : formatFaults(result.faults).split('\n')
}

for (const name of readyMadeNames) {
  t.test(`${name} is ready-made: it has no fault, and extends works without more`, async (t) => {
    t.ok(wholeProfile.safeParse(readyMadeProfiles[name]).success)
    const extended = profileOf('own', `  own: { extends: ${name} }`)
    const { extends: _, ...own } = extended
    t.same(own, wholeProfile.parse(readyMadeProfiles[name]))
    t.same(profileOf(name, '  own: {}'), own, 'a terminal can name it as well')
  })
}

t.test('ready-made: only a station that lends nothing is kept from messages', async (t) => {
  const limited = readyMadeNames.filter((name) => 'messages' in readyMadeProfiles[name])
  t.same(limited, ['pc-reservation'])
})

t.test('ready-made: the documentation tells of every setting where it comes from', async (t) => {
  const text = readFileSync(new URL('../../../docs/terminals.md', import.meta.url), 'utf8')
  const section = text.slice(text.indexOf('### Ready-made profiles'), text.indexOf('## When the configuration changes'))
  const parts = section.split(/\n(?=\*\*`)/).slice(1)
  for (const name of readyMadeNames) {
    if (name === 'plain') continue
    const part = parts.find((one) => one.slice(0, one.indexOf('\n')).includes(`\`${name}\``)) ?? ''
    t.match(part, name, `${name} has a part of its own`)
    const { fields, ...settings }: ProfileInput = readyMadeProfiles[name]
    const named = [...Object.keys(settings), ...(fields?.hide ?? []), ...(fields?.add ?? []).map(({ field }) => field)]
    for (const one of named) t.match(part, new RegExp(`\\b${one}\\b`), `${name}: ${one}`)
  }
})

t.test('extends: groups are filled up key by key, lists are replaced, what is left out is as there', async (t) => {
  const sorter = profileOf(
    'own',
    `  base: { extends: lyngsoe, charset: utf-8, languages: [de, en], defaultLanguage: de, messages: { checkout: false, endSession: false } }
  own: { extends: base, languages: [fr], defaultLanguage: fr, messages: { endSession: true, checkin: false }, destinationAlways: false }`,
  )
  t.match(sorter, {
    charset: 'utf-8',
    languages: ['fr'],
    destinationAlways: false,
    alertTypeOnSuccess: true,
    messages: { checkout: false, endSession: true, checkin: false, itemInformation: true },
    fields: readyMadeProfiles.lyngsoe.fields,
  })
})

t.test('extends: a profile with a ready-made name extends that one, named or not', async (t) => {
  t.equal(profileOf('meescan', '  meescan: { retries: 9 }').pinPolicy, 'alma')
  t.equal(profileOf('meescan', '  meescan: { extends: meescan, retries: 9 }').pinPolicy, 'alma')
  t.equal(profileOf('own', '  meescan: { retries: 9 }\n  own: { extends: meescan }').retries, 9)
  t.equal(profileOf('plain', '  plain: { retries: 9 }').retries, 9)
})

t.test('extends: names that lead nowhere and circles, with line and path', async (t) => {
  t.same(
    faultsOf(`  a: { extends: b }
  b: { extends: a }
  c: { extends: a }
  d: { extends: bibliothek }
  lonely: { extends: lonely }`),
    [
      'c:4:17: profiles.a.extends: extends itself in the end',
      'c:5:17: profiles.b.extends: extends itself in the end',
      'c:6:17: profiles.c.extends: extends a profile that extends itself in the end',
      'c:7:17: profiles.d.extends: names no profile of this file and no ready-made one; did you mean bibliotheca?',
      'c:8:22: profiles.lonely.extends: names no profile of this file and no ready-made one',
    ],
  )
})

t.test('extends: what two keys say about each other is looked at over both profiles', async (t) => {
  t.match(faultsOf('  a: { timeoutTenths: 50, deadlineMs: 4000 }\n  b: { extends: a, deadlineMs: 6000 }'), [
    /^c:5:\d+: profiles\.b\.deadlineMs: must be shorter than timeoutTenths/,
  ])
  t.same(faultsOf('  a: { languages: [fr, de], defaultLanguage: fr }\n  b: { extends: a, defaultLanguage: de }'), [])
  t.match(faultsOf('  a: { extends: b }\n  b: { charset: x }'), [/^c:5:\d+: profiles\.b\.charset: must be one of/])
})

t.test('fields: faults with line and path', async (t) => {
  const rules = (text: string) => faultsOf(`  a: { fields: { ${text} } }`).join('\n')
  t.match(
    rules('templates: { AE: "{lastname}" }'),
    /templates\.AE: has a name that is not known.*did you mean {lastName}/,
  )
  t.match(rules('templates: { AE: "{barcode}" }'), /templates\.AE: .*{patronGroup}/, 'an item is not at hand there')
  t.match(rules('templates: { AE: "{lastName" }'), /has a brace without its other one/)
  t.match(rules('templates: { AE: "{identifier}" }'), /needs a code behind {identifier}/)
  t.match(rules('templates: { AE: "{lastName:X}" }'), /takes no code behind {lastName}/)
  t.match(rules('templates: { AQ: x }'), /templates\.AQ: is not a key/)
  t.match(rules('printLines: { "94": [x] }'), /printLines\.94: is not a key/)
  t.match(rules('printLines: { "36": ["{lastName}"] }'), /printLines\.36\[0\]: may name only/)
  t.match(rules('hide: [AY]'), /hide\[0\]: must be the identifier of a field/)
  t.match(rules('rename: { AG: af }'), /rename\.AG: must be the identifier of a field/)
  t.match(rules('rename: { AZ: AF }'), /rename\.AZ: must be the identifier of a field/)
  t.match(rules('add: [{ field: PX, value: "{title}", in: ["64"] }]'), /add\[0\]\.value: .*\(in 64\)/)
  t.match(
    rules('add: [{ field: PX, value: "{lastName} {destination}" }]'),
    /add\[0\]\.value: names what no single reply/,
  )
  t.match(rules('add: [{ field: CT, value: "{lastName}" }]'), /{lastName} may tell of a person, and CT is a field that/)
  t.match(rules('add: [{ field: PX, value: x, in: ["11"] }]'), /add\[0\]\.in.*must be one of/)
  t.equal(rules('add: [{ field: CT, value: "{owningLibrary}" }]'), '')
  t.match(faultsOf('  a: { libraryName: "{lastName}" }')[0], /libraryName: may name only {institution}, /)
})

t.test('the fields that everybody may see are those of the protocol', async (t) => {
  const open = Object.entries(variableFields).filter(([, { privacy }]) => privacy === 'public')
  t.same([...publicFields].toSorted(), open.map(([id]) => id).toSorted())
})

t.test('rules can be about every reply that has fields', async (t) => {
  const withFields = Object.entries(messages).filter(
    ([, { direction, required }]) => direction === 'reply' && required.length > 0,
  )
  t.same(Object.keys(replySubjects), withFields.map(([code]) => code).toSorted())
})

t.test('sort bins: faults', async (t) => {
  const bins = (when: string) => faultsOf(`  a: { sortBins: { rules: [{ bin: "1", when: { ${when} } }] } }`).join('\n')
  t.match(bins('callNumber: {}'), /callNumber: needs from, to or both/)
  t.match(bins('callNumber: { from: QA, scheme: lcc }'), /scheme: must be one of lc, dewey, plain; did you mean lc/)
  t.match(bins('requested: yes'), /requested: must be true or false/)
})

t.test('every key of a profile is a default of its own', async (t) => {
  const { plain } = load('  own: {}').profiles
  t.same(profile.parse({}), plain)
})

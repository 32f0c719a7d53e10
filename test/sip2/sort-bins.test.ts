import t from 'tap'
import type { Routing } from '../../src/circulation/model.ts'
import { type ProfileInput, wholeProfile } from '../../src/runtime/config/sections/profile.ts'
import { chooseBin, judgeRules, sortFactsOf } from '../../src/sip2/sort-bins.ts'
import { sampleItem } from '../helpers/fake-library-system.ts'

const place = { library: 'MAIN', circulationDesk: 'RETURNS' }
const shelf: Routing = { to: 'shelf', destination: 'Open Stacks', reason: 'none', requester: undefined }
type Rules = NonNullable<NonNullable<ProfileInput['sortBins']>['rules']>
const bins = (rules: Rules) => wholeProfile.parse({ sortBins: { rules } }).sortBins

t.test('each condition holds and fails on its own', async (t) => {
  const facts = sortFactsOf({ ...sampleItem, policy: { code: 'WEEK', name: '' } }, shelf, place)
  for (const [condition, right, wrong] of [
    ['destination', ['shelf', 'transit'], 'hold-shelf'],
    ['requested', false, true],
    ['destinationLibrary', ['Main Library'], 'ANNEX'],
    ['circulationDesk', 'RETURNS', 'DEFAULT'],
    ['callNumber', { from: 'QA' }, { to: 'Q1' }],
    ['library', 'MAIN', 'ANNEX'],
    ['location', 'STACKS', 'RARE'],
    ['materialType', ['BOOK'], 'DVD'],
    ['policy', 'WEEK', 'DAY'],
  ] as const) {
    const { sortBins } = wholeProfile.parse({
      sortBins: {
        rules: [
          { bin: 'wrong', when: { [condition]: wrong } },
          { bin: 'right', when: { [condition]: right } },
        ],
      },
    })
    t.equal(chooseBin(facts, sortBins), 'right', condition)
    t.same(judgeRules(facts, sortBins), [
      { bin: 'wrong', failed: condition },
      { bin: 'right', failed: undefined },
    ])
  }
})

t.test('every condition of a rule must hold, and the first rule counts', async (t) => {
  const facts = sortFactsOf(sampleItem, shelf, place)
  const rules = [
    { bin: '1', when: { library: 'MAIN', materialType: 'DVD' } },
    { bin: '2', when: { library: 'MAIN' } },
    { bin: '3', when: {} },
  ]
  t.equal(chooseBin(facts, bins(rules)), '2')
  t.equal(chooseBin(facts, bins([])), undefined)
})

t.test('the library where an item goes', async (t) => {
  const at = (routing: Partial<Routing>) => sortFactsOf(sampleItem, { ...shelf, ...routing }, place).destinationLibrary
  t.same(at({}), ['MAIN', 'Main Library'])
  t.same(at({ to: 'hold-shelf' }), ['MAIN'])
  t.same(at({ to: 'transit', destination: 'Annex' }), ['Annex'])
  t.same(at({ to: 'transit', destination: '' }), [])
  t.same(at({ to: 'department', destination: 'Bindery' }), [])
  const library = { code: 'ANNEX', name: 'Annex' }
  for (const to of ['shelf', 'hold-shelf', 'transit'] as const) t.same(at({ to, library }), ['ANNEX', 'Annex'], to)
  t.same(at({ to: 'transit', library: { code: '', name: 'Annex' } }), ['Annex'])
  t.same(at({ to: 'department', library }), [])
})

t.test('somebody waits when the item or its way says so', async (t) => {
  const unsaid = { ...sampleItem, requested: undefined }
  t.equal(sortFactsOf({ ...sampleItem, requested: true }, shelf, place).requested, true)
  t.equal(sortFactsOf(unsaid, { ...shelf, reason: 'hold' }, place).requested, true)
  t.equal(sortFactsOf(unsaid, shelf, place).requested, false)
})

t.test('no condition holds about an item that is not known, but those about the desk', async (t) => {
  const facts = sortFactsOf(undefined, { ...shelf, to: 'unknown' }, place)
  const rules = [
    { bin: '1', when: { requested: false } },
    { bin: '2', when: { library: 'MAIN' } },
    { bin: '3', when: { circulationDesk: 'RETURNS', destination: 'unknown' as const } },
  ]
  t.equal(chooseBin(facts, bins(rules)), '3')
})

import fc from 'fast-check'
import t from 'tap'
import { NcipResponder } from '../../src/ncip/responder.ts'
import { fakeCirculation } from '../helpers/fake-library-system.ts'
import { item, ncipPartner, readAnswer, request, typed, user } from '../helpers/ncip.ts'

const circulation = fakeCirculation()
const responder = new NcipResponder({ partners: [ncipPartner], circulationOf: () => circulation })
const arrival = { charset: undefined, keys: [], address: '127.0.0.1' }

const seeds = [
  request('LookupUser', typed('Username', 'P100') + typed('PIN', '1234')),
  request('CheckOutItem', `${user()}${item()}<DesiredDateDue>2026-12-01</DesiredDateDue>`),
  request('RequestItem', user() + item()),
]

/** A message with a few pieces cut out, doubled or overwritten. */
const mutant = fc
  .record({
    seed: fc.constantFrom(...seeds),
    cuts: fc.array(
      fc.record({
        at: fc.nat(600),
        length: fc.nat(60),
        put: fc.oneof(
          fc.string(),
          fc.constantFrom('<', '>', '&', '</', '<!--', '<![CDATA[', ']]>', '<?', '"', '\u0000'),
        ),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ seed, cuts }) =>
    cuts.reduce((text, { at, length, put }) => text.slice(0, at) + put + text.slice(at + length), seed),
  )
  .map((text) => Buffer.from(text))

t.test('law 1: whatever the bytes, the answer is one well-formed message', async (t) => {
  const bytes = fc.oneof(mutant, fc.uint8Array({ maxLength: 2_000 }))
  await fc.assert(
    fc.asyncProperty(bytes, async (body) => {
      readAnswer(await responder.answer(body, arrival))
    }),
    { numRuns: 500, interruptAfterTimeLimit: 20_000 },
  )
  t.pass('no input found')
})

t.test('law 1: an institution that is not there is a Problem, not an exception', async (t) => {
  const lost = new NcipResponder({ partners: [ncipPartner], circulationOf: () => undefined })
  t.match(await lost.answer(Buffer.from(seeds[1] ?? ''), arrival), 'Temporary Processing Failure')
})

t.test('what the partner can read is set by its configuration where it is', async (t) => {
  const due = { ...ncipPartner, version: '2.02' as const }
  const known = new NcipResponder({ partners: [due], circulationOf: () => circulation })
  const message = request('CheckOutItem', `${user()}${item()}<ItemElementType>Due Date</ItemElementType>`, {
    version: '2.0',
  })
  t.match(await known.answer(Buffer.from(message), arrival), '<ns1:ItemOptionalFields><ns1:DateDue>')
  t.notMatch(await responder.answer(Buffer.from(message), arrival), '<ns1:ItemOptionalFields>')
})

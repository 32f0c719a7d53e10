/** Holds at a kiosk (15), checked against what Alma holds and what it was asked. */
import t, { type Test } from 'tap'
import { type BaseConfig, type TestBridge, cards, copy, startBridge } from '../helpers/bridge.ts'
import type { RawReply } from '../helpers/raw-sip2.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const { anna, jonas, lukas, mia, emma, zofia } = cards

const profile = {
  holds: { pickupLocations: { 'Front desk': 'MAIN.DEFAULT_CIRC_DESK', '7': 'BRANCH' } },
}

async function start(t: Test, plain: object = profile) {
  const config = (base: BaseConfig) => ({ ...base, profiles: { ...base.profiles, plain } })
  const bridge = await startBridge(t, { config })
  const kiosk = await bridge.logIn()
  const ask = async (patron: string, fields: string, mode?: '+' | '-' | '*') => {
    let reply: RawReply | undefined
    const calls = await bridge.callsOf(async () => {
      reply = await kiosk.ask(sip2.hold(patron, { fields, ...(mode && { mode }) }))
    })
    if (reply === undefined) throw new Error('there is no reply')
    return { reply, calls }
  }
  return { bridge, kiosk, ask }
}

/** Without the time of the reply and what error detection adds. */
const content = ({ line }: RawReply): string => line.replace(/\d{8} {4}\d{6}/, '').replace(/AY\dAZ.{4}$/, '')

const requestsOf = (bridge: TestBridge, card: string) => [...bridge.user(card).requests.values()]
const titleOf = (bridge: TestBridge, number: number): string => bridge.item(copy(number)).holding.bib.mmsId

t.test('a hold on an item: where it is fetched, its place in the queue, and that it can be had', async (t) => {
  const { bridge, ask } = await start(t)
  const { reply, calls } = await ask(jonas, `AB${copy(1)}|`)
  t.same(calls, ['findItemByBarcode', 'createRequest'])
  t.equal(reply.code, '16')
  t.match(reply.fixed, /^1Y/, 'available')
  t.match(
    ['AO', 'AA', 'AB', 'AJ', 'BS', 'BR', 'AF'].map((id) => reply.get(id)),
    ['01DEMO_INST', jonas, copy(1), 'The Name of the Rose', 'MAIN', '1', 'Your request has been placed.'],
  )
  t.match(requestsOf(bridge, jonas), [{ pickupLibrary: 'MAIN', pickupType: 'LIBRARY' }])

  const waiting = await ask(jonas, `AB${copy(14)}|`)
  t.match(waiting.reply.fixed, /^1N/, 'on loan to somebody else')
  t.equal(waiting.reply.get('BR'), '2', 'behind Anna')
})

t.test('all four hold types, by item and by title id', async (t) => {
  const { bridge, ask } = await start(t)
  const title = titleOf(bridge, 7)
  const asked = async (card: string, fields: string) => {
    const { reply } = await ask(card, fields)
    t.match(reply.fixed, /^1Y/, fields)
    const [request] = requestsOf(bridge, card)
    await ask(card, fields, '-')
    return { itemAsked: request?.itemAsked?.barcode, bib: request?.bib.mmsId }
  }
  t.same(await asked(jonas, `AB${copy(8)}|BY3|`), { itemAsked: copy(8), bib: title }, '3: this copy')
  t.same(await asked(jonas, `AB${copy(8)}|BY2|`), { itemAsked: undefined, bib: title }, '2: any copy of its title')
  t.same(await asked(jonas, `AJ${title}|BY2|`), { itemAsked: undefined, bib: title }, '2: by title id')
  t.match(await asked(jonas, `AB${copy(8)}|BY4|`), { itemAsked: /^3123400000000[78]$/, bib: title }, '4: at one branch')
  t.match(await asked(jonas, `AJ${title}|BY4|BSMAIN|`), { itemAsked: /^3123400000000[78]$/ }, '4: by title id')
  t.same(await asked(jonas, `AB${copy(8)}|BY1|`), { itemAsked: copy(8), bib: title }, '1: as Alma does it')
  t.same(await asked(jonas, `AJ${title}|`), { itemAsked: undefined, bib: title }, 'none: the same')

  const nothingThere = await ask(jonas, `AJ${title}|BY4|BSBRANCH|`)
  t.match(nothingThere.reply.fixed, /^0N/, 'the branch has no copy')
  t.match(nothingThere.reply.get('AF'), /cannot be requested/)
})

t.test('BS is a library, a desk, or a code of the profile', async (t) => {
  const { bridge, ask } = await start(t)
  for (const [code, library, desk] of [
    ['Front desk', 'MAIN', 'DEFAULT_CIRC_DESK'],
    ['7', 'BRANCH', ''],
    ['BRANCH', 'BRANCH', ''],
    ['BRANCH.DEFAULT_CIRC_DESK', 'BRANCH', 'DEFAULT_CIRC_DESK'],
  ] as const) {
    const { reply } = await ask(jonas, `AB${copy(1)}|BS${code}|`)
    t.equal(reply.get('BS'), code, 'as it was asked')
    t.match(requestsOf(bridge, jonas), [{ pickupLibrary: library, pickupDesk: desk }], code)
    const { reply: gone } = await ask(jonas, `AB${copy(1)}|`, '-')
    t.equal(gone.get('BS'), library === 'MAIN' ? 'Front desk' : desk === '' ? '7' : code, 'as the machine calls it')
  }
})

t.test('a default pickup location takes the place of the library of the terminal', async (t) => {
  const { bridge, ask } = await start(t, { holds: { defaultPickup: 'BRANCH.DEFAULT_CIRC_DESK' } })
  t.equal((await ask(jonas, `AB${copy(1)}|`)).reply.get('BS'), 'BRANCH.DEFAULT_CIRC_DESK')
  t.match(requestsOf(bridge, jonas), [{ pickupLibrary: 'BRANCH', pickupDesk: 'DEFAULT_CIRC_DESK' }])
})

t.test('BW is the last day on which the patron wants it', async (t) => {
  const { bridge, ask } = await start(t)
  const { reply } = await ask(jonas, `AB${copy(14)}|BW20990131    120000|`)
  t.equal(reply.get('BW'), '20990131    235959')
  t.equal(new Date(requestsOf(bridge, jonas)[0]?.lastInterest ?? 0).toISOString().slice(0, 10), '2099-01-31')
  const { reply: none } = await ask(zofia, `AB${copy(1)}|BW${' '.repeat(18)}|`)
  t.match(none.fixed, /^1/, 'blanks are no date')
})

t.test('every refusal of a hold tells its own cause and asks for nothing', async (t) => {
  const { bridge, kiosk, ask } = await start(t)
  await ask(jonas, `AB${copy(1)}|`)
  const before = bridge.alma.control.store.requests.size
  for (const [why, card, fields, words] of [
    ['unknown item', jonas, 'AB99999999|', /item is not in our records/],
    ['unknown title', jonas, 'AJ9912345|BY2|', /item is not in our records/],
    ['unknown patron', '00000', `AB${copy(2)}|`, /card is not in our records/],
    ['no patron', '', `AB${copy(2)}|`, /card is not in our records/],
    ['blocked', lukas, `AB${copy(2)}|`, /card is blocked/],
    ['expired', mia, `AB${copy(2)}|`, /card has expired/],
    ['twice', jonas, `AB${copy(1)}|`, /already requested this item/],
    ['a reference item', jonas, `AB${copy(19)}|`, /cannot be requested/],
    ['on loan to the same patron', anna, `AB${copy(9)}|`, /cannot be requested/],
    ['unknown pickup location', jonas, `AB${copy(2)}|BSMOON|`, /pickup location is not possible/],
    ['unknown desk', jonas, `AB${copy(2)}|BSMAIN.MOON|`, /pickup location is not possible/],
    ['a desk without a hold shelf', jonas, `AB${copy(2)}|BSMAIN.SELFCHECK|`, /pickup location is not possible/],
    ['unknown branch', jonas, `AB${copy(2)}|BY4|BSMOON|`, /pickup location is not possible/],
    ['a day that is over', jonas, `AB${copy(2)}|BW20260101    235900|`, /day is already over/],
    ['a copy that is not named', jonas, `AJ${titleOf(bridge, 2)}|BY3|`, /was refused/],
    ['neither item nor title', jonas, '', /item is not in our records/],
  ] as const) {
    const { reply } = await ask(card, fields)
    t.match(reply.fixed, /^0N/, why)
    t.match(reply.get('AF'), words, why)
  }
  const odd = await kiosk.ask(sip2.hold(jonas, { fields: `AB${copy(2)}|` }).replace(/^15\+/, '15?'))
  t.match([odd.fixed.slice(0, 2), odd.get('AF')], ['0N', /was refused/], 'an unknown mode')
  t.equal(bridge.alma.control.store.requests.size, before)
})

t.test('a hold is changed, and nothing else of it', async (t) => {
  const { bridge, ask } = await start(t)
  await ask(jonas, `AB${copy(14)}|BW20990131    000000|`)
  const moved = await ask(jonas, `AB${copy(14)}|BS7|`, '*')
  t.same(moved.calls, ['listRequests', 'getRequest', 'updateRequest'])
  t.match(moved.reply.fixed, /^1N/)
  t.match(
    ['BS', 'BR', 'BW', 'AF'].map((id) => moved.reply.get(id)),
    ['7', '2', '20990131    235959', 'Your request has been changed.'],
  )
  const longer = await ask(jonas, `AJ${titleOf(bridge, 14)}|BW20990228    000000|`, '*')
  t.match([longer.reply.get('BS'), longer.reply.get('BW')], ['7', '20990228    235959'])
  t.match(requestsOf(bridge, jonas), [{ pickupLibrary: 'BRANCH' }])
  t.equal(requestsOf(bridge, jonas).length, 1)

  t.match((await ask(jonas, `AB${copy(14)}|`, '*')).reply.get('AF'), /was refused/, 'nothing to change')
  t.match((await ask(jonas, `AB${copy(1)}|BS7|`, '*')).reply.get('AF'), /request is not in our records/)
})

t.test('a hold is deleted by item, by title id, and by the title as a list has it', async (t) => {
  const { bridge, ask } = await start(t)
  const names = [`AB${copy(14)}|`, `AJ${titleOf(bridge, 14)}|`, 'AJCity Planning Today|']
  for (const name of names) {
    await ask(jonas, `AB${copy(14)}|`)
    const { reply, calls } = await ask(jonas, name, '-')
    t.same(calls.toSorted(), ['cancelRequest', 'listRequests'], name)
    t.match(reply.fixed, /^1N/)
    t.equal(reply.get('AF'), 'Your request has been cancelled.')
    t.equal(reply.get('BR'), undefined)
    t.same(requestsOf(bridge, jonas), [])
  }
  const { reply } = await ask(jonas, `AB${copy(14)}|`, '-')
  t.match([reply.fixed.slice(0, 2), reply.get('AF')], ['0N', /request is not in our records/])
  t.equal(requestsOf(bridge, anna).length, 2, "Anna's own are there")
})

t.test('the patron information that follows knows of it', async (t) => {
  const { kiosk, ask } = await start(t)
  const waiting = async () => (await kiosk.ask(sip2.patronInformation(jonas, '     Y    '))).all('CD')
  t.same(await waiting(), [])
  await ask(jonas, `AB${copy(14)}|`)
  t.same(await waiting(), [copy(14)])
  await ask(jonas, `AB${copy(14)}|`, '-')
  t.same(await waiting(), [])
})

t.test('the race after a loan, when the index of Alma is stale, is waited out', async (t) => {
  const { bridge, kiosk, ask } = await start(t)
  bridge.alma.control.setSwitches({ staleIndexSeconds: 1 })
  await kiosk.ask(sip2.checkout(anna, copy(1)))
  const { reply, calls } = await ask(jonas, `AB${copy(1)}|`)
  t.match(reply.fixed, /^1N/)
  t.ok(calls.filter((call) => call === 'createRequest').length > 1)
})

t.test('a refusal that is meant is no time-out, also right after a loan', async (t) => {
  const { bridge, kiosk, ask } = await start(t, { ...profile, deadlineMs: 3_000 })
  const always = { kind: 'answer', form: 'envelope', status: 400, code: '401129' } as const
  bridge.alma.control.setFaults({ ...always, match: { operation: 'createRequest' } })
  const { reply: place } = await ask(jonas, `AB${copy(2)}|`)
  t.match([place.fixed.slice(0, 2), place.get('AF')], ['0N', /pickup location is not possible/], 'all else is offered')
  await kiosk.ask(sip2.checkout(anna, copy(1)))
  const { reply, calls } = await ask(jonas, `AB${copy(1)}|`)
  t.match([reply.fixed.slice(0, 2), reply.get('AF')], ['0N', /item cannot be requested/])
  t.ok(calls.filter((call) => call === 'createRequest').length > 2, 'it was waited for')
})

t.test('a day that is over changes no hold, and two holds of one title are not told apart', async (t) => {
  const { bridge, ask } = await start(t)
  await ask(jonas, `AB${copy(14)}|`)
  const { reply, calls } = await ask(jonas, `AB${copy(14)}|BW20260101    235900|`, '*')
  t.match([reply.fixed.slice(0, 2), reply.get('AF')], ['0N', /day is already over/])
  t.same(calls, [])
  await ask(jonas, `AB${copy(7)}|BY3|`)
  await ask(jonas, `AB${copy(8)}|BY3|`)
  for (const mode of ['-', '*'] as const) {
    const { reply: twice } = await ask(jonas, 'AJAlgorithms in Daily Use|BS7|', mode)
    t.match([twice.fixed.slice(0, 2), twice.get('AF')], ['0N', /More than one of your requests/])
  }
  t.equal(requestsOf(bridge, jonas).length, 3)
})

t.test('laws 2 and 4: a hold that comes again on a new connection is placed, changed and deleted once', async (t) => {
  const { bridge, kiosk } = await start(t)
  const steps = [
    ['+', `AB${copy(14)}|`, 'createRequest'],
    ['*', `AB${copy(14)}|BS7|`, 'updateRequest'],
    ['-', `AB${copy(14)}|`, 'cancelRequest'],
  ] as const
  for (const [mode, fields, operation] of steps) {
    const request = sip2.hold(jonas, { mode, fields })
    bridge.alma.control.clearCalls()
    const first = await kiosk.ask(request)
    const other = await bridge.logIn()
    const again = await other.ask(request)
    t.match(first.fixed, /^1/)
    t.same(content(again), content(first), operation)
    t.equal(bridge.executed(operation).length, 1, operation)
    other.destroy()
  }
  t.same(requestsOf(bridge, jonas), [])
})

t.test('holds can be switched off, and BX follows', async (t) => {
  const { bridge, kiosk, ask } = await start(t, { messages: { hold: false } })
  t.equal((await kiosk.ask(sip2.status)).get('BX')?.[13], 'N')
  const { reply, calls } = await ask(emma, `AB${copy(1)}|`)
  t.match([reply.fixed.slice(0, 2), reply.get('AF')], ['0N', /not possible at this machine/])
  t.same(calls, [])
  t.equal(requestsOf(bridge, emma).length, 2)
})

/** Block patron (01), patron enable (25) and item status update (19), checked against what Alma holds. */
import t, { type Test } from 'tap'
import { type BaseConfig, type TestBridge, cards, copy, startBridge } from '../helpers/bridge.ts'
import type { RawReply } from '../helpers/raw-sip2.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const { anna, jonas, lukas } = cards

const profile = {
  messages: { blockPatron: true, patronEnable: true, itemStatusUpdate: true },
  patronBlock: { type: 'GENERAL', description: '03-CONDUCT' },
  itemProperties: 'internal-note-3',
}

async function start(t: Test, plain: object = profile) {
  const config = (base: BaseConfig) => ({ ...base, profiles: { ...base.profiles, plain } })
  const bridge = await startBridge(t, { config })
  const kiosk = await bridge.logIn()
  const ask = async (request: string) => {
    let reply: RawReply | undefined
    const calls = await bridge.callsOf(async () => {
      reply = await kiosk.ask(request)
    })
    if (reply === undefined) throw new Error('there is no reply')
    return { reply, calls }
  }
  return { bridge, kiosk, ask }
}

interface ItemBody {
  readonly item_data: Readonly<Record<string, unknown>>
}

/** As Alma tells it, without the day of the last change; a code that is left out is an empty one. */
async function readItem({ alma }: TestBridge, barcode: string): Promise<ItemBody> {
  const headers = { authorization: `apikey ${alma.apiKey}`, accept: 'application/json' }
  const response = await fetch(`${alma.url}/almaws/v1/items?item_barcode=${barcode}`, { headers })
  const isEmptyCode = (key: string, value: unknown): boolean => key === 'value' && value === ''
  const body = JSON.parse(await response.text(), (key, value) =>
    isEmptyCode(key, value) ? undefined : value,
  ) as ItemBody
  return { ...body, item_data: { ...body.item_data, modification_date: '' } }
}

const blocksOf = (bridge: TestBridge, card: string) => bridge.user(card).record.user_block ?? []

/** Of a status: charge and hold denied, and nothing else. */
const denied = 'YY Y          '
const clear = ' '.repeat(14)

t.test('all three are off by default, and BX and the status follow', async (t) => {
  const { kiosk, ask } = await start(t, {})
  const off = await kiosk.ask(sip2.status)
  t.match([off.get('BX')?.[3], off.get('BX')?.[11], off.get('BX')?.[12], off.fixed[4]], ['N', 'N', 'N', 'N'])
  for (const request of [
    sip2.blockPatron(jonas, 'lost'),
    sip2.patronEnable(jonas),
    sip2.itemStatusUpdate(copy(1), 'tag 7'),
  ]) {
    const { reply, calls } = await ask(request)
    t.match(reply.get('AF'), /not possible at this machine/)
    t.same(calls, [])
  }
  const { kiosk: other } = await start(t)
  const on = await other.ask(sip2.status)
  t.match([on.get('BX')?.[3], on.get('BX')?.[11], on.get('BX')?.[12], on.fixed[4]], ['Y', 'Y', 'Y', 'Y'])
})

t.test(
  '01 places the configured block, keeps AL and the retained card in its note, and is answered by 24',
  async (t) => {
    const { bridge, ask } = await start(t)
    const { reply, calls } = await ask(sip2.blockPatron(jonas, 'left in the machine', true))
    t.same(calls, ['getUser', 'updateUser'])
    t.equal(reply.code, '24')
    t.equal(reply.fixed.slice(0, 14), denied)
    t.match([reply.get('AA'), reply.get('AE'), reply.get('BL')], [jonas, 'Jonas Weber', 'Y'])
    t.match(reply.get('AF'), /card is blocked/)
    t.match(blocksOf(bridge, jonas), [
      {
        block_type: 'GENERAL',
        block_description: '03-CONDUCT',
        block_note: '[Circbridge] left in the machine (card retained)',
      },
    ])
    t.match((await ask(sip2.checkout(jonas, copy(1)))).reply.get('AF'), /card is blocked/, 'and Alma lends nothing')
    const { reply: twice, calls: one } = await ask(sip2.blockPatron(jonas, 'left in the machine', true))
    t.same([twice.fixed.slice(0, 14), one], [denied, ['getUser']], 'an equal block is not placed twice')
    t.equal(blocksOf(bridge, jonas).length, 1)
  },
)

t.test('25 lifts the blocks that were placed here and no other', async (t) => {
  const { bridge, ask } = await start(t)
  await ask(sip2.blockPatron(jonas, 'lost'))
  const { reply, calls } = await ask(sip2.patronEnable(jonas))
  t.same(calls, ['getUser', 'updateUser'])
  t.equal(reply.code, '26')
  t.match([reply.fixed.slice(0, 14), reply.get('AE'), reply.get('BL')], [clear, 'Jonas Weber', 'Y'])
  t.same(blocksOf(bridge, jonas), [])
  t.match((await ask(sip2.checkout(jonas, copy(1)))).reply.fixed, /^1/)

  const ofDesk = { block_type: 'LOAN', block_description: '02-LOST', block_note: 'Card reported lost' }
  await ask(sip2.blockPatron(lukas, 'lost again'))
  t.equal(blocksOf(bridge, lukas).length, 2)
  const { reply: still } = await ask(sip2.patronEnable(lukas))
  t.equal(still.fixed.slice(0, 14), denied, 'the block of the desk stays')
  t.match(still.get('AF'), /card is blocked/)
  t.match(blocksOf(bridge, lukas), [ofDesk])
  t.equal(blocksOf(bridge, lukas).length, 1)
  t.same((await ask(sip2.patronEnable(lukas))).calls, ['getUser'], 'nothing of ours is left')
})

t.test('a card that is not known, a block that is not configured, a PIN that is wrong', async (t) => {
  const { bridge, ask } = await start(t)
  for (const request of [sip2.blockPatron('00000', 'x'), sip2.blockPatron('', 'x'), sip2.patronEnable('00000')]) {
    const { reply } = await ask(request)
    t.match([reply.fixed.slice(0, 14), reply.get('BL'), reply.get('AF')], [denied, 'N', /card is not in our records/])
  }
  const bare = await start(t, { messages: profile.messages })
  t.match((await bare.ask(sip2.blockPatron(jonas, 'x'))).reply.get('AF'), /not set up for this/)
  t.match((await bare.ask(sip2.itemStatusUpdate(copy(1), 'x'))).reply.get('AF'), /not set up for this/)

  const pin = await start(t, { ...profile, pinPolicy: 'alma' })
  const blocked = await pin.ask(sip2.blockPatron(jonas, 'lost'))
  t.match([blocked.reply.fixed.slice(0, 14), blocked.reply.get('AE')], [denied, ''], 'who finds a card is told no name')
  const wrong = await pin.ask(sip2.patronEnable(jonas, 'wrong'))
  t.match([wrong.reply.get('AE'), wrong.reply.get('AF')], ['', /PIN is wrong/])
  t.equal(blocksOf(pin.bridge, jonas).length, 1)
  const right = await pin.ask(sip2.patronEnable(jonas, 'correct-horse-7'))
  t.match([right.reply.get('AE'), right.reply.get('CQ')], ['Jonas Weber', 'Y'])
  t.same(blocksOf(bridge, jonas), [])
})

t.test('19 changes the configured member of an item, and nothing else', async (t) => {
  const { bridge, ask } = await start(t)
  const before = await readItem(bridge, copy(1))
  const { reply, calls } = await ask(sip2.itemStatusUpdate(copy(1), 'RFID tag 7'))
  t.same(calls, ['findItemByBarcode', 'getItem', 'updateItem'].slice(-calls.length))
  t.equal(reply.code, '20')
  t.equal(reply.fixed[0], '1')
  t.match(
    ['AB', 'AJ', 'CH'].map((id) => reply.get(id)),
    [copy(1), 'The Name of the Rose', 'RFID tag 7'],
  )
  const data = { ...before.item_data, internal_note_3: 'RFID tag 7' }
  t.same(await readItem(bridge, copy(1)), { ...before, item_data: data })
  t.equal((await ask(sip2.itemStatusUpdate(copy(1), ''))).reply.fixed[0], '1', 'an empty CH clears it')
  t.same(await readItem(bridge, copy(1)), before)
  const unknown = await ask(sip2.itemStatusUpdate('99999999', 'x'))
  t.match([unknown.reply.fixed[0], unknown.reply.get('AF')], ['0', /item is not in our records/])
  const storage = await start(t, { ...profile, itemProperties: 'storage-location' })
  t.equal((await storage.ask(sip2.itemStatusUpdate(copy(20), 'B-12-3'))).reply.fixed[0], '1')
  t.match(await readItem(storage.bridge, copy(20)), { item_data: { storage_location_id: 'B-12-3' } })
})

t.test('law 2: each of them that comes again on a new connection is executed once', async (t) => {
  const { bridge, kiosk } = await start(t)
  for (const [request, operation] of [
    [sip2.blockPatron(anna, 'lost'), 'updateUser'],
    [sip2.patronEnable(anna), 'updateUser'],
    [sip2.itemStatusUpdate(copy(1), 'tag 7'), 'updateItem'],
  ] as const) {
    bridge.alma.control.clearCalls()
    const first = await kiosk.ask(request)
    const made = bridge.alma.control.calls().length
    const other = await bridge.logIn()
    const again = await other.ask(request)
    t.equal(again.fixed.slice(0, 17), first.fixed.slice(0, 17))
    t.equal(bridge.executed(operation).length, 1)
    t.equal(bridge.alma.control.calls().length, made, 'and nothing is asked')
    other.destroy()
  }
})

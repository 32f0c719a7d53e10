/**
 * What users of other SIP2 servers complain about on their trackers, by the numbers of docs/sip2-compared.md:
 * connections, framing, terminals.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { ProfileInput } from '../../../src/runtime/config/sections/profile.ts'
import { type BaseConfig, cards, copy, sampleKiosk, startBridge } from '../../helpers/bridge.ts'
import { appendChecksum } from '../../helpers/checksum.ts'
import * as sip2 from '../../helpers/raw-sip2.ts'

const { anna, jonas, paul } = cards

const withProfile = (plain: ProfileInput) => ({
  config: (base: BaseConfig) => ({ ...base, profiles: { ...base.profiles, plain } }),
})

t.test('complaint 2: a carriage return in names, titles and notes does not break the session', async (t) => {
  const bridge = await startBridge(t, withProfile({ fields: { add: [{ field: 'ZN', value: '{patronNote}' }] } }))
  const card = '21234000000099'
  const barcode = '31234000000099'
  bridge.alma.control.load({
    libraries: [
      {
        code: 'MAIN',
        default_location: 'STACKS',
        locations: [{ code: 'STACKS' }],
        circ_desks: [{ code: 'SELFCHECK', location: [{ location_code: 'STACKS' }] }],
      },
    ],
    users: [
      {
        primary_id: 'noted',
        first_name: 'An\rna',
        last_name: 'Bec\r\nker|BLN',
        barcode: card,
        user_note: [{ note_text: 'Please call\r\n64 us\r', user_viewable: true }],
      },
    ],
    items: [
      { barcode, title: 'Two\r\nLines|AFno', library: 'MAIN', location: 'STACKS', fulfillment_note: 'Look\r\nat 96\r' },
    ],
  })
  const kiosk = await bridge.logIn()
  const status = await kiosk.ask(sip2.patronStatus(card))
  t.match([status.all('AE').length, status.all('BL')], [1, ['Y']], 'no field of its own')
  t.match(status.get('AE'), /^An na Bec\s+ker.BLN$/)
  t.match(status.get('ZN'), /^Please call\s+64 us$/)
  const information = await kiosk.ask(sip2.patronInformation(card))
  t.equal(information.code, '64')
  const lent = await kiosk.ask(sip2.checkout(card, barcode))
  t.match([lent.fixed[0], lent.all('AF')], ['1', []])
  t.match(lent.get('AJ'), /^Two\s+Lines.AFno$/)
  t.match((await kiosk.ask(sip2.checkin(barcode))).fixed, /^1/)
  t.equal(kiosk.unread, '', 'one reply to each request')
})

t.test('complaint 11: the settings of one terminal do not leak into the next request of another', async (t) => {
  const bridge = await startBridge(t, {
    config: (base) => ({
      ...base,
      profiles: {
        ...base.profiles,
        north: { charset: 'utf-8', defaultLanguage: 'de', dueDateForm: 'dd.MM.yyyy', fields: { hide: ['AJ'] } },
        south: { charset: 'iso-8859-1', defaultLanguage: 'en', delimiter: '^' },
      },
      terminals: [
        { ...sampleKiosk, profile: 'north' },
        { ...sampleKiosk, name: 'kiosk-2', login: undefined, from: { listener: 'known' }, profile: 'south' },
      ],
    }),
  })
  const north = await bridge.logIn('kiosk')
  const south = await bridge.connect({ listener: 'known' })
  const toSouth = (line: string) => `${appendChecksum(line.replaceAll('|', '^'))}\r`
  for (let round = 0; round < 5; round += 1) {
    south.write(toSouth(sip2.patronStatus('unknown').replace('23001', '23000')))
    const [german, english] = await Promise.all([
      north.ask(sip2.patronStatus('unknown').replace('23001', '23000')),
      south.line(),
    ])
    t.match(german.get('AF'), /Dieser Ausweis ist nicht bekannt/)
    t.match(english, /\^AFThis card is not in our records/)
    t.notMatch(english, /\|/)
    const lent = await north.ask(sip2.checkout(jonas, copy(1)))
    t.match([lent.get('AJ'), lent.get('AH')], ['', /^\d\d\.\d\d\.\d{4}$/])
    south.write(toSouth(sip2.checkin(copy(1))))
    t.match(await south.line(), /^101.*\^AJThe Name of the Rose\^/)
  }
})

/** Which timer runs at the end of a connection that has this port, as the kernel's table has it. */
function timerOf(localPort: number | undefined, remotePort: number | undefined): string | undefined {
  const hex = (port = 0): string => port.toString(16).toUpperCase().padStart(4, '0')
  const row = new RegExp(`:${hex(localPort)} [0-9A-F]+:${hex(remotePort)} \\w+ \\w+:\\w+ (\\w\\w):`)
  return row.exec(readFileSync('/proc/net/tcp', 'latin1'))?.[1]
}

t.test(
  'complaint 15: an idle connection is kept alive by the operating system',
  { skip: process.platform !== 'linux' && 'the table of connections is that of Linux' },
  async (t) => {
    const bridge = await startBridge(t)
    for (const listener of ['tcp', 'tls']) {
      const { socket } = await bridge.logIn('kiosk', { listener })
      let timer = ''
      // a timer of a resend or of a late acknowledgement goes first
      for (let look = 0; look < 200 && timer !== '02'; look += 1) {
        await sleep(25)
        timer = timerOf(socket.remotePort, socket.localPort) ?? ''
      }
      t.equal(timer, '02', `${listener}: the timer that runs is the one of keep-alive`)
    }
  },
)

t.test('complaint 18: whatever Alma answers with, each request gets its own reply and no prose', async (t) => {
  const bridge = await startBridge(
    t,
    withProfile({
      messages: { blockPatron: true, patronEnable: true, itemStatusUpdate: true },
      patronBlock: { type: 'GENERAL', description: '02' },
      itemProperties: 'internal-note-3',
      pinPolicy: 'alma',
    }),
  )
  const kiosk = await bridge.logIn()
  for (const form of ['html', 'xml-ampersand'] as const) {
    bridge.alma.control.setFaults({ kind: 'answer', form })
    for (const [code, ok, request] of [
      ['24', /^Y/, sip2.patronStatus(jonas, 'pin')],
      ['64', /^Y/, sip2.patronInformation(jonas, '  Y       ')],
      ['12', /^0N/, sip2.checkout(jonas, copy(1))],
      ['10', /^0N/, sip2.checkin(copy(1))],
      ['30', /^0N/, sip2.renew(anna, copy(9))],
      ['66', /^00000/, sip2.renewAll(paul)],
      ['38', /^N/, sip2.feePaid(anna, '1.00')],
      ['18', /^01/, sip2.itemInformation(copy(2))],
      ['16', /^0N/, sip2.hold(jonas, { fields: `AB${copy(2)}|` })],
      ['24', /^Y/, sip2.blockPatron(jonas, 'left')],
      ['26', /^Y/, sip2.patronEnable(jonas)],
      ['20', /^0/, sip2.itemStatusUpdate(copy(2), 'torn')],
      ['36', /^Y/, sip2.endSession(jonas)],
      ['98', /^/, sip2.status],
    ] as const) {
      const reply = await kiosk.ask(request)
      t.equal(reply.code, code, form)
      t.match(reply.fixed, ok, `${form}: ${code} says no`)
      t.notMatch(reply.line, /<|html|error/i, `${form}: nothing of the answer is shown`)
    }
  }
  t.equal(kiosk.unread, '')
})

t.test('complaint 26: neither 93 nor 99 has to come first where the address tells the terminal', async (t) => {
  const bridge = await startBridge(t)
  for (const [request, expected] of [
    [sip2.patronInformation(anna), /^64/],
    [sip2.checkout(jonas, copy(1)), /^121/],
    [sip2.checkin(copy(1)), /^101/],
    ['97', /^96/],
  ] as const) {
    const kiosk = await bridge.connect({ listener: 'known' })
    kiosk.write(`${appendChecksum(request)}\r`)
    t.match(await kiosk.line(), expected, 'as the first request of a connection')
  }
})

t.test(
  'complaint 29: every one of several requests is answered, whatever ends them and wherever packets cut',
  async (t) => {
    const bridge = await startBridge(t)
    const cardsInTurn = [anna, jonas, paul]
    for (const end of ['\r', '\n', '\r\n', '\r\n\r\n']) {
      const requests = cardsInTurn
        .map((card, at) => `${appendChecksum(sip2.patronInformation(card), at)}${end}`)
        .join('')
      for (const pieceLength of [1, 7, 64, requests.length]) {
        const kiosk = await bridge.connect({ listener: 'known' })
        kiosk.socket.setNoDelay(true)
        if (pieceLength === 1) kiosk.write('\xff\xfd\x03\xff\xfb\x18')
        for (let at = 0; at < requests.length; at += pieceLength) kiosk.write(requests.slice(at, at + pieceLength))
        for (const [at, card] of cardsInTurn.entries()) {
          const reply = await kiosk.expectReply(at)
          t.same([reply.code, reply.get('AA')], ['64', card], `${JSON.stringify(end)} in pieces of ${pieceLength}`)
        }
        kiosk.destroy()
      }
    }
  },
)

t.test('complaint 29: many kiosks that log in at the same moment are all let in, with their own answers', async (t) => {
  const bridge = await startBridge(t)
  const people = Object.values(cards)
  const seen = await Promise.all(
    Array.from({ length: 24 }, async (_, at) => {
      const kiosk = await bridge.logIn(at % 2 === 0 ? 'kiosk' : 'kiosk-2', { listener: 'tcp' })
      const card = people[at % people.length] as string
      const reply = await kiosk.ask(sip2.patronStatus(card))
      return [reply.get('AA') === card, (await kiosk.ask(sip2.status)).get('AN')]
    }),
  )
  t.same(
    seen,
    seen.map((_, at) => [true, at % 2 === 0 ? 'kiosk-1' : 'kiosk-2']),
  )
})

t.test(
  'complaint 30: a foreign, empty or missing AO is no reason to refuse, and comes back as it was sent',
  async (t) => {
    const bridge = await startBridge(t)
    const kiosk = await bridge.logIn()
    for (const [sent, expected] of [
      ['AOSOMEWHERE ELSE|', 'SOMEWHERE ELSE'],
      ['AO|', undefined],
      ['', undefined],
    ] as const) {
      const asked = (request: string) => kiosk.ask(request.replace('AO01DEMO_INST|', sent))
      const information = await asked(sip2.patronInformation(anna, '  Y       '))
      t.match([information.get('BL'), information.all('AU').length], ['Y', 3])
      if (expected !== undefined) t.equal(information.get('AO'), expected)
      t.ok(information.line.slice(61).startsWith('AO'), 'AO stands first')
      t.match((await asked(sip2.checkout(jonas, copy(1)))).fixed, /^1/)
      t.match((await asked(sip2.checkin(copy(1)))).fixed, /^1/)
    }
  },
)

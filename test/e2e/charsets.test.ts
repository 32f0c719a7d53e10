/** Names and titles of the world on the wire of each character set, compared with bytes written by hand. */
import t from 'tap'
import { startBridge } from '../helpers/bridge.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

const card = '21234000000099'
const barcode = '31234000000099'

const bytes = (hex: string): string => Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('latin1')

/** Żółć stays ż only where the set has it; what no set of one byte holds becomes its nearest letters in ASCII. */
const expected = {
  cp850: { name: `${bytes('5A a2 6c 63')} M${bytes('81')}ller`, title: `Caf${bytes('82')} "Ege" - EUR` },
  'iso-8859-1': { name: `${bytes('5A f3 6c 63')} M${bytes('fc')}ller`, title: `Caf${bytes('e9')} "Ege" - EUR` },
  'windows-1252': {
    name: `${bytes('5A f3 6c 63')} M${bytes('fc')}ller`,
    title: `Caf${bytes('e9')} ${bytes('84')}Ege${bytes('93')} ${bytes('96')} ${bytes('80')}`,
  },
  'utf-8': {
    name: `${bytes('c5bb c3b3 c582 c487')} M${bytes('c3bc')}ller`,
    title: `Caf${bytes('c3a9')} ${bytes('e2809e')}Ege${bytes('e2809c')} ${bytes('e28093')} ${bytes('e282ac')}`,
  },
} as const

/** The patron's own number in the set of the terminal, sent back as it came. */
const unknownCard = {
  cp850: bytes('8e 94 e1'),
  'iso-8859-1': bytes('c4 f6 df'),
  'windows-1252': bytes('c4 f6 df'),
  'utf-8': bytes('c384 c3b6 c39f'),
} as const

for (const charset of ['cp850', 'iso-8859-1', 'windows-1252', 'utf-8'] as const) {
  t.test(charset, async (t) => {
    const bridge = await startBridge(t, {
      config: (base) => ({ ...base, profiles: { ...base.profiles, plain: { charset } } }),
    })
    const { control } = bridge.alma
    control.load({
      libraries: [
        {
          code: 'MAIN',
          default_location: 'STACKS',
          locations: [{ code: 'STACKS' }],
          circ_desks: [{ code: 'SELFCHECK' }],
        },
      ],
      users: [{ primary_id: 'zm', first_name: 'Żółć', last_name: 'Mu\u0308ller', barcode: card }],
      items: [{ barcode, title: 'Cafe\u0301 „Ege“ – €', library: 'MAIN', location: 'STACKS' }],
    })
    const kiosk = await bridge.logIn()
    // Every reply is read as bytes, and its checksum is checked over them.
    t.equal((await kiosk.ask(sip2.patronStatus(card))).get('AE'), expected[charset].name)
    const lent = await kiosk.ask(sip2.checkout(card, barcode))
    t.match(lent.fixed, /^1/)
    t.equal(lent.get('AJ'), expected[charset].title)
    t.equal((await kiosk.ask(sip2.patronStatus(unknownCard[charset]))).get('AA'), unknownCard[charset])
  })
}

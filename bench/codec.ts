/**
 * What the codec costs, as a ratio to the least that any codec must do with the same bytes: text, byte sum, split on the
 * delimiter, join, byte sum, bytes.
 */
import { type DecodeOptions, decode, type EncodeOptions, encode } from '../src/sip2/codec.ts'
import { type Message, reply } from '../src/sip2/message.ts'
import { median, type Report, verdict } from './report.ts'

const goal = 2.5
const rounds = 41
const exchangesARound = 2000
/** Four digits and the terminator. */
const checksumTailLength = 5

const requestOptions: DecodeOptions<'request'> = { charset: 'cp850', delimiter: '|', direction: 'request' }
const replyOptions: EncodeOptions = {
  charset: 'cp850',
  delimiter: '|',
  terminator: '\r',
  errorDetection: { sequence: '3', checksum: true },
}

interface Exchange {
  readonly name: string
  readonly request: Buffer
  readonly reply: Message
}

const transactionDate = '20261122    120000'

const patronInformation: Exchange = {
  name: '63 in, 64 with five items out',
  request: frameOf('6300120261122    120000  Y       AOCENTRAL|AA23529000035676|ACterm1|AD1234|BP1|BQ5|AY3AZ'),
  reply: reply(
    '64',
    {
      patronStatus: '              ',
      language: '001',
      transactionDate,
      holdItemsCount: 1,
      overdueItemsCount: 0,
      chargedItemsCount: 5,
      fineItemsCount: 2,
      recallItemsCount: 0,
      unavailableHoldsCount: 1,
    },
    {
      AO: 'CENTRAL',
      AA: '23529000035676',
      AE: 'Example, Patron',
      BZ: '0010',
      CA: '0005',
      CB: '0050',
      BL: 'Y',
      CQ: 'Y',
      BH: 'EUR',
      BV: '4.50',
      CC: '25.00',
      AU: ['39999000001310', '39999000001328', '39999000001336', '39999000001344', '39999000001351'],
      BD: '1 Example Street, 12345 Example Town',
      BE: 'patron@example.org',
      BF: '+1 555 0100',
      AF: ['5 items on loan'],
    },
  ),
}

const checkout: Exchange = {
  name: '11 in, 12 out',
  request: frameOf(
    '11YN20261122    12000020261122    120000AOCENTRAL|AA23529000035676|AB39999000001310|ACterm1|AD1234|BON|BIN|AY3AZ',
  ),
  reply: reply(
    '12',
    { ok: true, renewalOk: false, magneticMedia: 'N', desensitize: 'Y', transactionDate },
    {
      AO: 'CENTRAL',
      AA: '23529000035676',
      AB: '39999000001310',
      AJ: 'An introduction to the circulation of books',
      AH: '20261220    235900',
      CK: '001',
      AF: ['Due 20 December 2026'],
    },
  ),
}

function accented(exchange: Exchange): Exchange {
  const fields = Object.entries(exchange.reply.fields).map(([id, value]) => [
    id,
    value === 'N' ? value : addAccents(value),
  ])
  return {
    name: `${exchange.name}, accented`,
    request: exchange.request,
    reply: { ...exchange.reply, fields: Object.fromEntries(fields) } as Message,
  }
}

function addAccents(value: unknown): unknown {
  return typeof value === 'string'
    ? value.replaceAll('Example', 'Exämple').replaceAll('introduction', 'introdução')
    : value
}

function frameOf(text: string): Buffer {
  const sum = byteSum(Buffer.from(text, 'latin1'))
  return Buffer.from(text + hex(sum), 'latin1')
}

function byteSum(bytes: Buffer): number {
  let sum = 0
  for (let index = 0; index < bytes.length; index++) sum += bytes[index] as number
  return sum
}

function hex(sum: number): string {
  return (-sum & 0xffff).toString(16).toUpperCase().padStart(4, '0')
}

/** Keeps results alive, so that no work can be optimised away. */
let sink = 0

function runCodec(exchange: Exchange): void {
  const decoded = decode(exchange.request, requestOptions)
  const encoded = encode(exchange.reply, replyOptions)
  if (decoded.kind === 'message' && decoded.message.checksum === 'bytes') sink += encoded.length
}

function makeFloor(exchange: Exchange): () => void {
  const parts = encode(exchange.reply, replyOptions).toString('latin1').split('|')
  return () => {
    const text = exchange.request.toString('latin1')
    const fields = text.split('|')
    sink += byteSum(exchange.request) + fields.length
    const bytes = Buffer.from(parts.join('|'), 'latin1')
    bytes.write(hex(byteSum(bytes)), bytes.length - checksumTailLength, 'latin1')
    sink += bytes.length
  }
}

function time(work: () => void): number {
  const begin = process.hrtime.bigint()
  for (let count = 0; count < exchangesARound; count++) work()
  return Number(process.hrtime.bigint() - begin) / exchangesARound
}

/** Codec and floor take turns, so that whatever else the machine does hits both. */
function compare(exchange: Exchange): { codec: number; floor: number; ratio: number } {
  const floor = makeFloor(exchange)
  const codec = () => runCodec(exchange)
  const samples = Array.from({ length: rounds }, () => ({ codec: time(codec), floor: time(floor) }))
  const warm = samples.slice(rounds >> 2)
  return {
    codec: median(warm.map((sample) => sample.codec)),
    floor: median(warm.map((sample) => sample.floor)),
    ratio: median(warm.map((sample) => sample.codec / sample.floor)),
  }
}

const exchanges = [patronInformation, checkout, accented(patronInformation), accented(checkout)]

/** Measures every exchange. `ok` says whether all of them met the goal. */
export async function run(): Promise<Report> {
  const lines: string[] = []
  let ok = true
  for (const exchange of exchanges) {
    const { codec, floor, ratio } = compare(exchange)
    const met = ratio <= goal
    ok &&= met
    const figures = `${(codec / 1000).toFixed(2)} us, floor ${(floor / 1000).toFixed(2)} us`
    lines.push(
      `codec, ${exchange.name}: ${figures}, ratio ${ratio.toFixed(2)} (goal: at most ${goal}: ${verdict(met)})`,
    )
  }
  return { lines, ok }
}

if (import.meta.main) {
  const { lines, ok } = await run()
  console.log(lines.join('\n'))
  process.exitCode = ok ? 0 : 1
}

/** What one connection sends, made from a number alone, so that the number is enough to make it again. */
import { existsSync, readFileSync } from 'node:fs'
import { appendChecksum } from '../helpers/checksum.ts'
import { Random } from '../simulation/random.ts'
import { mutate, randomBytes } from './mutations.ts'
import type { ClosingReason } from './outcomes.ts'
import { makeLine } from './sip2-lines.ts'
import { brief, type Dialect, dialects, hasty, type Holding, stranger } from './world.ts'

/** Bytes as one write, and the time before the next. */
export interface Piece {
  readonly bytes: Buffer
  readonly pauseMs: number
}

export interface Sip2Case {
  readonly dialect: Dialect
  readonly pieces: readonly Piece[]
  /** What follows on the last piece: our end once all replies are there, a torn connection, or nothing at all. */
  readonly finish: 'end' | 'tear' | 'wait'
  readonly mayClose: readonly ClosingReason[]
}

const corpusFile = '../shared/data/sip2-corpus.txt'

/** Lines that other people's terminals sent; they may not be copied and are read where they lie. */
export const recordedLines: readonly string[] = existsSync(corpusFile)
  ? readFileSync(corpusFile, 'latin1')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split('\t')[0] ?? '')
  : []
export const whyNoRecordedLines = recordedLines.length > 0 ? undefined : `${corpusFile} is not here`

type MakeCase = (random: Random, holding: Holding) => Sip2Case

const cases: Readonly<Record<string, MakeCase>> = {
  /** Bytes without sense, among them ends of lines. */
  random(random) {
    const text = Array.from({ length: random.integer(1, 8) }, () => randomBytes(random, random.integer(0, 80)))
    const dialect = random.pick([...dialects, stranger])
    const made = plain(random, dialect, text.join(random.pick(['\r', '\n', ''])))
    return dialect === stranger ? { ...made, mayClose: ['LOGIN_ATTEMPTS_EXCEEDED'] } : made
  },
  /** Good requests beside such that went wrong, from a machine that may do everything. */
  mutated: (random, holding) => fromLines(random, random.pick(dialects), (one) => makeLine(one, holding)),
  recorded: (random, holding) =>
    fromLines(random, random.pick(dialects), (one) =>
      one
        .pick(recordedLines)
        .replace(/AA[^|]+/, (field) => (one.chance(0.5) ? `AA${holding.card}` : field))
        .replace(/AB[^|]+/, (field) => (one.chance(0.5) ? `AB${one.pick(holding.items)}` : field)),
    ),
  /** The same from one that nobody knows, wrong log-ins included. */
  stranger: (random, holding) => ({
    ...fromLines(random, stranger, (one) => makeLine(one, holding, one.chance(0.3) ? '93' : undefined)),
    mayClose: ['LOGIN_ATTEMPTS_EXCEEDED'],
  }),
  /** Many at once, far more than are read ahead. */
  flood(random, holding) {
    const codes = ['97', '99', '35', '17', '9', 'xx', '']
    const lines = Array.from({ length: random.integer(50, 300) }, () => {
      const code = random.pick(codes)
      return code.length === 2 && code !== 'xx' ? makeLine(random, holding, code) : code
    })
    const dialect = random.pick(dialects)
    return plain(random, dialect, `${translate(lines.join('\r'), dialect)}\r`, 4)
  },
  /** Torn down at any byte. */
  torn(random, holding) {
    const made = fromLines(random, random.pick(dialects), (one) => makeLine(one, holding))
    return { ...made, pieces: made.pieces.slice(0, random.integer(1, made.pieces.length)), finish: 'tear' }
  },
  /** A request that never ends. */
  trickle: (random, holding) => ({
    dialect: brief,
    pieces: [{ bytes: Buffer.from(makeLine(random, holding, '11').slice(0, random.integer(1, 60))), pauseMs: 0 }],
    finish: 'wait',
    mayClose: ['SESSION_REQUEST_TIMEOUT'],
  }),
  silent: () => ({ dialect: brief, pieces: [], finish: 'wait', mayClose: ['SESSION_IDLE'] }),
  nobody: () => ({ dialect: hasty, pieces: [], finish: 'wait', mayClose: ['LOGIN_TIMEOUT'] }),
}

export const sip2Kinds: readonly string[] = Object.keys(cases)

export function makeSip2Case(kind: string, seed: number, holding: Holding): Sip2Case {
  const make = cases[kind]
  if (!make) throw new Error(`there is no kind of case called ${kind}`)
  return make(new Random(seed), holding)
}

function fromLines(random: Random, dialect: Dialect, make: (random: Random) => string): Sip2Case {
  let sequence = random.integer(0, 9)
  const lines = Array.from({ length: random.integer(1, 12) }, () => {
    const good = make(random)
    const sealed = random.chance(0.5)
    const line = random.chance(0.75) ? mutate(good, random) : good
    if (!sealed) return translate(line, dialect)
    sequence = (sequence + 1) % 10
    return random.chance(0.5)
      ? appendChecksum(translate(line, dialect), sequence)
      : translate(appendChecksum(line, sequence), dialect)
  })
  const again = random.chance(0.2) ? [...lines, lines.at(-1) ?? '', '97'] : lines
  return plain(random, dialect, again.map((line) => line + random.pick(['\r', '\r', '\r\n', '\n'])).join(''))
}

/** Lines are written with the usual delimiter; a dialect with another one gets mostly its own. */
const translate = (line: string, { delimiter }: Dialect): string => line.replaceAll('|', delimiter)

function plain(random: Random, dialect: Dialect, text: string, mostPieces = 40): Sip2Case {
  return { dialect, pieces: split(random, Buffer.from(text, 'latin1'), mostPieces), finish: 'end', mayClose: [] }
}

/** Whole, byte for byte, or at any places, with pauses or without. */
export function split(random: Random, bytes: Buffer, mostPieces: number): Piece[] {
  const count = random.pick([1, 2, 3, random.integer(1, mostPieces), Math.min(bytes.length, 4 * mostPieces)])
  const places = Array.from({ length: count - 1 }, () => random.integer(0, bytes.length)).toSorted((a, b) => a - b)
  const slow = random.chance(0.3)
  return [0, ...places].map((begin, index) => ({
    bytes: bytes.subarray(begin, places[index] ?? bytes.length),
    pauseMs: slow ? random.pick([0, 0, 1, 5]) : 0,
  }))
}

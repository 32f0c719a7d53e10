/**
 * Identifiers that look like Alma's: a prefix that tells the kind, eight digits, and the institution's own ending.
 * Digits from 50000000 on belong to generated objects, whose identifiers can be computed from their number.
 */
const prefixes = {
  mms: '99',
  holding: '22',
  item: '23',
  loan: '21',
  request: '13',
  fee: '98',
  transaction: '47',
  location: '62',
  library: '12',
} as const

export type IdKind = keyof typeof prefixes

const ending = '0006381'
const firstGenerated = 50_000_000

export class Ids {
  readonly #last: Record<IdKind, number>

  constructor() {
    const start = 17_428_100
    this.#last = {
      mms: start,
      holding: start,
      item: start,
      loan: start,
      request: start,
      fee: start,
      transaction: start,
      location: start,
      library: start,
    }
  }

  next(kind: IdKind): string {
    this.#last[kind] += 13
    return formatId(kind, this.#last[kind])
  }
}

function formatId(kind: IdKind, digits: number): string {
  return `${prefixes[kind]}${String(digits).padStart(8, '0')}${ending}`
}

/** The identifier of the generated object with a number from 1 on. */
export const generatedId = (kind: IdKind, index: number): string => formatId(kind, firstGenerated + index)

/** The number of a generated object, or undefined when the identifier is no generated one. */
export function generatedIndex(kind: IdKind, id: string): number | undefined {
  if (id.length !== 17 || !id.startsWith(prefixes[kind]) || !id.endsWith(ending)) return undefined
  const index = Number(id.slice(2, 10)) - firstGenerated
  return Number.isInteger(index) && index > 0 ? index : undefined
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** `E01-DDMMHHMMSS-XXXXX-AWAE<digits>`. */
export function trackingId(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const stamp =
    two(now.getUTCDate()) +
    two(now.getUTCMonth() + 1) +
    two(now.getUTCHours()) +
    two(now.getUTCMinutes()) +
    two(now.getUTCSeconds())
  let word = ''
  for (let index = 0; index < 5; index += 1) word += letters.charAt(Math.floor(Math.random() * letters.length))
  return `E01-${stamp}-${word}-AWAE${Math.floor(Math.random() * 1e9) + 1e9}`
}

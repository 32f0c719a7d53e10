/** A library in which every connection has patrons and items of its own, and a bridge with a listener for every dialect. */
import { createHash } from 'node:crypto'
import type { SampleData } from '../../simulators/alma/state/sample-data.ts'
import type { ConfigInput } from '../../src/runtime/config/schema.ts'
import type { BaseConfig } from '../helpers/bridge.ts'
import type { LineForm } from './reply-form.ts'

/** What one peer may touch, and nobody else. */
export interface Holding {
  readonly card: string
  readonly primaryId: string
  readonly lastName: string
  readonly items: readonly string[]
  readonly titles: readonly string[]
}

const itemsEach = 3

/** Words and numbers that no mutation of one makes into another. */
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const wordOf = (text: string): string =>
  hashOf(text)
    .slice(0, 12)
    .replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')
const numberOf = (text: string): string =>
  BigInt(`0x${hashOf(text)}`)
    .toString()
    .slice(0, 14)

export function makeHolding(slot: number): Holding {
  const numbers = Array.from({ length: itemsEach }, (_, index) => `${slot} ${index}`)
  return {
    card: numberOf(`card ${slot}`),
    primaryId: `p${wordOf(`id ${slot}`)}`,
    lastName: `N${wordOf(`name ${slot}`)}`,
    items: numbers.map((number) => numberOf(`item ${number}`)),
    titles: numbers.map((number) => `T${wordOf(`title ${number}`)} \u00c4pfel und \u20ac \u0141\u00f3d\u017a`),
  }
}

/** What must not reach anybody else. */
export const canariesOf = ({ card, primaryId, lastName, items, titles }: Holding): readonly string[] => [
  card,
  primaryId,
  lastName,
  ...items,
  ...titles.map((title) => title.slice(0, title.indexOf(' '))),
]

export function makeLibrary(base: SampleData, holdings: readonly Holding[]): SampleData {
  return {
    ...base,
    users: [
      ...(base.users ?? []),
      ...holdings.map(({ primaryId, lastName, card }) => ({
        primary_id: primaryId,
        first_name: 'Zo\u00eb',
        last_name: lastName,
        barcode: card,
        user_group: 'STAFF',
      })),
    ],
    items: [
      ...(base.items ?? []),
      ...holdings.flatMap(({ items, titles }) =>
        items.map((barcode, index) => ({ barcode, title: titles[index] ?? '', library: 'MAIN', location: 'STACKS' })),
      ),
    ],
    fees: [
      ...(base.fees ?? []),
      ...holdings.map(({ primaryId }) => ({ user_primary_id: primaryId, type: 'OVERDUEFINE', original_amount: 1000 })),
    ],
  }
}

export const maxFrameBytes = 2048
export const maxBodyBytes = 16_384
export const loginAttempts = 5

export interface Dialect extends LineForm {
  readonly listener: string
}

const usual = { delimiter: '|', terminator: '\r', errorDetection: 'auto' } as const

/** Of machines that are known by their listener and may do everything. */
export const dialects: readonly Dialect[] = [
  { ...usual, listener: 'plain', charset: 'cp850' },
  { ...usual, listener: 'utf8', charset: 'utf-8', terminator: '\r\n' },
  { ...usual, listener: 'latin', charset: 'iso-8859-1', errorDetection: 'always' },
  { ...usual, listener: 'windows', charset: 'windows-1252', errorDetection: 'never', delimiter: '^' },
]

/** Of machines that are not known, and of two that are soon given up. */
export const stranger: Dialect = { ...usual, listener: 'tcp', charset: 'cp850' }
export const hasty: Dialect = { ...stranger, listener: 'hasty' }
export const brief: Dialect = { ...usual, listener: 'brief', charset: 'cp850' }

const impatience = { requestTimeoutMs: 400, idleTimeoutMs: 1000, loginTimeoutMs: 600 }

export function makeFuzzConfig(base: BaseConfig): ConfigInput {
  const frames = { maxFrameBytes, maxLoginFrameBytes: maxFrameBytes }
  const listener = { address: '127.0.0.1', port: 0, ...frames }
  const place = { institution: 'demo', library: 'MAIN', circulationDesk: 'DEFAULT_CIRC_DESK' }
  const every = { hold: true, blockPatron: true, patronEnable: true, itemStatusUpdate: true }
  return {
    ...base,
    listeners: {
      ...base.listeners,
      sip2: [
        ...base.listeners.sip2.map((one) => ({ ...one, ...frames })),
        ...dialects.map(({ listener: name }) => ({ ...listener, name })),
        { ...listener, ...impatience, name: hasty.listener },
        { ...listener, ...impatience, name: brief.listener },
      ],
      http: { ...base.listeners.http, maxBodyBytes },
    },
    terminals: [
      ...base.terminals,
      ...dialects.map(({ listener: name }) => ({ name, from: { listener: name }, ...place, profile: name })),
      { name: brief.listener, from: { listener: brief.listener }, ...place },
    ],
    profiles: {
      ...base.profiles,
      ...Object.fromEntries(
        dialects.map(({ listener: name, charset, delimiter, terminator, errorDetection }) => [
          name,
          { charset, delimiter, errorDetection, terminator: terminator === '\r' ? 'cr' : 'crlf', messages: every },
        ]),
      ),
    },
    limits: { loginAttempts },
  }
}

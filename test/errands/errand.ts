/**
 * What machines ask for beside lending and returning: an errand changes a record at Alma. How the record must stand in
 * the end follows from what the machines were told.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Store } from '../../simulators/alma/state/store.ts'
import type { ChangeKind } from '../../src/circulation/ports.ts'
import type { RawReply } from '../helpers/raw-sip2.ts'

/** As much of a source of chance as errands need. */
export interface Chance {
  next(): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
}

/** One request of one machine, however often it is sent. */
export interface Errand {
  readonly kind: ChangeKind
  /** Card number. */
  readonly patron: string | undefined
  /** Barcode. */
  readonly item: string | undefined
  /** Of a payment or a waiver, in cents. */
  readonly minor: number | undefined
  /** The request, with the machine's time of it. */
  write(stamp: string): string
  sent: number
  /** The last answer that the machine has; undefined when it has none. */
  told: 'yes' | 'no' | 'unknown' | undefined
  reply: RawReply | undefined
}

export interface Machine {
  /** Its payments go to the fee of just that amount, else to the oldest, when it names none. */
  readonly paysByAmount: boolean
}

/** In the words of the fault runs' judge; `spoilt` is something else of the record, or what nobody was told. */
export interface Finding {
  readonly kind: 'loss' | 'denied' | 'double' | 'cents' | 'spoilt'
  readonly about: string
}

/** What a person settles; its machine may have been told anything. */
export type IsExcepted = (errand: Errand) => boolean

/** A record that one machine at a time changes. */
export abstract class Subject<E extends Errand = Errand> {
  readonly errands: E[] = []

  /** Card number of a patron who has no other business, empty when it is about an item. */
  abstract readonly card: string

  /** Nobody knows how it stands, so that no machine may touch it any more. */
  get isAside(): boolean {
    return this.errands.some(({ sent, told }) => sent > 0 && told !== 'yes' && told !== 'no')
  }

  /** Something that a machine can do now; undefined when there is nothing more. */
  draw(chance: Chance, machine: Machine): E | undefined {
    const drawn = this.next(chance, machine)
    if (drawn) this.errands.push(drawn)
    return drawn
  }

  judge(store: Store, isExcepted: IsExcepted): Finding[] {
    const sent = this.errands.filter((errand) => errand.sent > 0)
    const errands = sent.map((errand) => (isExcepted(errand) ? { ...errand, told: undefined } : errand))
    return errands.length === 0 ? [] : this.compare(store, errands)
  }

  protected abstract next(chance: Chance, machine: Machine): E | undefined

  protected abstract compare(store: Store, errands: readonly E[]): Finding[]
}

export const unsent = { sent: 0, told: undefined, reply: undefined } as const

/** How it may stand: what was told yes is done, what was told no is not, and of the rest either may be true. */
export function statesAfter<S, E extends Errand>(
  errands: readonly E[],
  start: S,
  change: (state: S, errand: E) => S,
): readonly S[] {
  return errands.reduce<readonly S[]>(
    (states, errand) => {
      if (errand.told === 'no') return states
      const after = states.map((state) => change(state, errand))
      return errand.told === 'yes' ? after : [...states, ...after]
    },
    [start],
  )
}

/** Whether something stands as it may. */
export function compareState<S>(about: string, found: S, may: readonly S[], errands: readonly Errand[]): Finding[] {
  if (may.some((state) => isDeepStrictEqual(state, found))) return []
  const last = errands.at(-1)
  const kind = last?.told === 'yes' ? 'loss' : last?.told === 'no' ? 'denied' : 'spoilt'
  const told = errands.map((errand) => `${errand.kind} ${errand.told ?? 'nothing'}`).join(', ')
  return [{ kind, about: `${about} is ${JSON.stringify(found)}, may be ${JSON.stringify(may)}; told ${told}` }]
}

/** Whether something is there as often as machines were told. */
export function compareCount(about: string, found: number, errands: readonly Errand[]): Finding[] {
  const count = (told: Errand['told']): number => errands.filter((errand) => errand.told === told).length
  const no = count('no')
  const text = `${about}: found ${found}, told yes ${count('yes')}, no ${no} of ${errands.length}`
  if (found < count('yes')) return [{ kind: 'loss', about: text }]
  if (found <= errands.length - no) return []
  return [{ kind: found <= errands.length ? 'denied' : 'double', about: text }]
}

/** The rest of a record, which nobody was to change. An empty member is as good as none. */
export function compareRest(about: string, before: unknown, after: unknown): Finding[] {
  const [was, is] = [flatten(before), flatten(after)]
  const names = new Set([...was.keys(), ...is.keys()])
  const other = [...names].filter((name) => was.get(name) !== is.get(name))
  const told = other.map((name) => `${name} was ${was.get(name) ?? 'empty'}, and is ${is.get(name) ?? 'empty'}`)
  return told.length === 0 ? [] : [{ kind: 'spoilt', about: `${about}: ${told.join('; ')}` }]
}

/** Every member that holds something, by its path. */
function flatten(value: unknown, path = ''): ReadonlyMap<string, string> {
  if (value === null || value === undefined || value === '') return new Map()
  if (typeof value !== 'object') return new Map([[path, JSON.stringify(value)]])
  return new Map(Object.entries(value).flatMap(([name, member]) => [...flatten(member, `${path}/${name}`)]))
}

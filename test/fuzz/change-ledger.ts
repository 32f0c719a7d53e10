/**
 * Which changes at Alma may have been asked for. A change that no request of its owner explains, or that happened more
 * often than it was asked for, is one that a garbled message made.
 */
import { judgeChecksum } from './frames.ts'
import { changesOf } from './outcomes.ts'
import type { Holding } from './world.ts'

/** A change that Alma carried out, and whom or what it concerned. */
export interface Change {
  readonly operation: string
  readonly card: string | undefined
  readonly item: string | undefined
}

/** The most that one request can ask for: a renewal of everything renews every loan, and a hold is looked for twice. */
const mostAtOnce = 4

interface Asked {
  readonly kind: string
  readonly card: string | undefined
  readonly item: string | undefined
}

export class ChangeLedger {
  readonly #asked: Asked[] = []
  readonly #holdings: readonly Holding[]

  constructor(holdings: readonly Holding[]) {
    this.#holdings = holdings
  }

  /** @param line of a machine whose checksums are looked at when `checked` */
  askBySip2(line: string, checked: boolean): void {
    if (checked && judgeChecksum(line) === 'wrong') return
    this.#note(line, line.slice(0, 2))
  }

  askByNcip(body: Buffer): void {
    const text = body.toString('latin1').replaceAll('\0', '')
    for (const kind of new Set([...changesOf.values()].flat())) if (text.includes(`:${kind}`)) this.#note(text, kind)
  }

  #note(text: string, kind: string): void {
    for (const { card, primaryId, items } of this.#holdings) {
      const patron = text.includes(card) || text.includes(primaryId) ? card : undefined
      const named = items.filter((item) => text.includes(item))
      if (patron === undefined && named.length === 0) continue
      for (const item of named.length > 0 ? named : [undefined]) this.#asked.push({ kind, card: patron, item })
    }
  }

  /** @returns a sentence for every change that nobody asked for */
  judge(changes: readonly Change[]): readonly string[] {
    const counts = new Map<string, { readonly change: Change; count: number }>()
    for (const change of changes) {
      const key = JSON.stringify(change)
      const counted = counts.get(key) ?? { change, count: 0 }
      counted.count += 1
      counts.set(key, counted)
    }
    return [...counts.values()].flatMap(({ change, count }) => {
      const { operation, card, item } = change
      if (card === undefined && item === undefined) return [`${operation} changed what belongs to no peer`]
      const most = this.#countAsked(change)
      return count <= most ? [] : [`${operation} was carried out ${count} times and asked for at most ${most} times`]
    })
  }

  #countAsked({ operation, card, item }: Change): number {
    const kinds = changesOf.get(operation) ?? []
    return this.#asked
      .filter((asked) => kinds.includes(asked.kind))
      .filter((asked) => card === undefined || asked.card === card)
      .filter((asked) => item === undefined || asked.item === item || asked.kind === '65')
      .reduce((sum, { kind }) => sum + (kind === '65' || kind === '15' ? mostAtOnce : 1), 0)
  }
}

import type { ChangeKind } from '../../src/circulation/ports.ts'
import type { Errand } from '../errands/errand.ts'

/**
 * `yes`: it is done or will be. `no`: nothing was changed. `unknown`: somebody must look. `nothing`: no answer came,
 * however often it was sent.
 */
export type Told = 'yes' | 'no' | 'unknown' | 'nothing'

/** One event at one machine, however often it was sent, and what the machine was told of it in the end. */
export interface Operation {
  readonly number: number
  readonly machine: string
  readonly kind: ChangeKind
  /** Card number. */
  readonly patron: string | undefined
  /** Barcode. */
  readonly item: string | undefined
  /** Of a payment, in cents. */
  readonly minor: number | undefined
  /** Transaction id of a payment, undefined when the machine gives none. */
  readonly transaction: string | undefined
  /** It happened while the machine was off line, and is told afterwards. */
  readonly reported: boolean
  /** The due date that the patron was told then, in milliseconds since 1970. */
  readonly dueAt: number | undefined
  /** What it is when it is neither a loan nor a return nor a plain payment; its subject is the judge of it. */
  readonly errand: Errand | undefined
  /** How often the machine wrote it. */
  sent: number
  told: Told
}

export type NewOperation = Pick<Operation, 'machine' | 'kind'> &
  Partial<Pick<Operation, 'patron' | 'item' | 'minor' | 'transaction' | 'reported' | 'dueAt' | 'errand'>>

/** Every operation of a run, in the order of their beginning. */
export class Operations {
  readonly all: Operation[] = []
  /** Replies that cannot be the answer to what was asked. */
  readonly wrongReplies: string[] = []

  begin(operation: NewOperation): Operation {
    const begun: Operation = {
      number: this.all.length + 1,
      patron: undefined,
      item: undefined,
      minor: undefined,
      transaction: undefined,
      reported: false,
      dueAt: undefined,
      errand: undefined,
      ...operation,
      sent: 0,
      told: 'nothing',
    }
    this.all.push(begun)
    return begun
  }

  count(told: Told): number {
    return this.all.filter((operation) => operation.told === told).length
  }
}

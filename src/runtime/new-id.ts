import { randomBytes } from 'node:crypto'

/** Tells processes apart. Begins with a letter, so that no id is taken for a barcode. */
const prefix = `m${randomBytes(9).toString('hex')}`
let last = 0

/** An identifier that no other process and no other call gives: random once, then counted, which costs next to nothing. */
export function newId(): string {
  last += 1
  return `${prefix}-${last.toString(36)}`
}

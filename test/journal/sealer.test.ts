import t from 'tap'
import { Sealer, UnsealError } from '../../src/journal/sealer.ts'
import { keyA, keyB } from './sqlite-file.ts'

const value = { text: 'ä', at: new Date(0), nothing: undefined, bytes: new Uint8Array([1, 2]) }

t.test('opens what it sealed, dates and gaps included', async (t) => {
  const sealer = new Sealer([keyA])
  t.same(sealer.unseal(sealer.seal(value, 'here'), 'here'), value)
  t.notSame(sealer.seal(value, 'here'), sealer.seal(value, 'here'), 'never the same bytes')
})

t.test('opens under every key of the list, seals under the first', async (t) => {
  const old = new Sealer([keyA]).seal(1, 'here')
  const rotated = new Sealer([keyB, keyA])
  t.equal(rotated.unseal(old, 'here'), 1)
  t.equal(reasonNotToOpen(new Sealer([keyA]), rotated.seal(1, 'here')), 'key-missing')
})

t.test('law 5: opens nowhere else, and nothing that was changed in any byte', async (t) => {
  const sealer = new Sealer([keyA])
  const sealed = sealer.seal('value', 'here')
  t.equal(reasonNotToOpen(sealer, sealed, 'there'), 'damaged')
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Uint8Array.from(sealed)
    changed[index] = (changed[index] ?? 0) ^ 1
    t.ok(reasonNotToOpen(sealer, changed), `byte ${index}`)
    t.equal(reasonNotToOpen(sealer, sealed.subarray(0, index)), 'damaged', `cut at ${index}`)
  }
})

t.test('digests are equal for equal texts under one key, and tell nothing else', async (t) => {
  const rotated = new Sealer([keyB, keyA])
  const [first, second] = rotated.digests('text')
  t.same(new Sealer([keyA]).digests('text'), [second])
  t.not(first, second)
  t.notSame(rotated.digests('text'), rotated.digests('text2'))
})

/** Undefined when it opens. */
function reasonNotToOpen(sealer: Sealer, sealed: Uint8Array, place = 'here'): UnsealError['reason'] | undefined {
  try {
    sealer.unseal(sealed, place)
    return undefined
  } catch (error) {
    if (error instanceof UnsealError) return error.reason
    throw error
  }
}

/**
 * Changes of a user's record. Alma replaces the whole record [Alma users: update user]: a list that is left out is
 * emptied, so that it is read, changed and written back as it was read.
 *
 * Two changes of this bridge never overlap. Against somebody who saves the same record between our reading and our
 * writing there is no means: Alma keeps no version.
 */
import type { Patron } from '../circulation/model.ts'
import { done, type Outcome, unknown } from '../circulation/outcome.ts'
import type { Call, Clock, NewBlock, Patrons } from '../circulation/ports.ts'
import { Turns } from '../circulation/turns.ts'
import { type AlmaClient, changing, reading } from './client.ts'
import type { AlmaConfig } from './config.ts'
import { type JsonObject, readCode, readList, readText } from './json.ts'
import { isActive, isMarked, readPatron } from './patrons.ts'

/**
 * What a record that is written back goes without: the counts, which are no part of it, and the roles. Roles are the only
 * list that Alma keeps when it is left out, and one with a status that it does not know would become active.
 */
const notWritten: ReadonlySet<string> = new Set(['loans', 'requests', 'fees', 'user_role'])

type Blocks = readonly JsonObject[]

export function createPatronRecords(parts: {
  client: AlmaClient
  config: AlmaConfig
  clock: Clock
}): Pick<Patrons, 'block' | 'unblock'> {
  const { client, config, clock } = parts
  const { blockMark } = config.options
  const turns = new Turns()

  const isOwn = (block: JsonObject): boolean =>
    isActive(block['block_status']) && isMarked(readText(block['block_note']), blockMark)

  /**
   * Changes the list of blocks. `change` gives the list as it is to be, undefined when it is so already.
   * @returns the patron with their counts, and whether anything was written.
   */
  async function changeBlocks(
    identifier: string,
    change: (blocks: Blocks) => Blocks | undefined,
    call: Call,
  ): Promise<Outcome<{ readonly patron: Patron; readonly written: boolean }>> {
    const template = '/users/{user_id}'
    const segments = { user_id: identifier }
    const query = { view: 'full', expand: 'loans,requests,fees' }
    const get = reading({ operation: 'patron', template, segments, query })
    const read = await client.send(get, call)
    if (read.kind !== 'done') return read.outcome
    const record = read.value.body
    const patron = readPatron(record, config, clock.now())
    if (patron.id === '') return client.distrust(get).outcome

    const blocks = change(readList(record['user_block']))
    if (blocks === undefined) return done({ patron, written: false })
    const kept = Object.entries(record).filter(([member]) => !notWritten.has(member))
    const body = { ...Object.fromEntries(kept), user_block: blocks }
    const put = changing({
      operation: 'patron-record',
      method: 'PUT',
      template,
      segments: { user_id: patron.id },
      body,
    })
    const written = await client.send(put, call)
    if (written.kind !== 'done') return written.outcome
    const now = readPatron(written.value.body, config, clock.now())
    if (now.id === '') return client.distrust(put).outcome
    return done({ patron: { ...patron, blocks: now.blocks }, written: true })
  }

  return {
    /** Two calls, one when an equal block is there. */
    block(wanted: NewBlock, call: Call): Promise<Outcome<Patron>> {
      const note = `${blockMark} ${wanted.note}`.trim()
      const isEqual = (block: JsonObject): boolean =>
        isOwn(block) &&
        readText(block['expiry_date']) === '' &&
        readCode(block['block_description']) === wanted.description &&
        readText(block['block_note']) === note
      // One turn for all users: a person has several identifiers, and blocks are rare.
      return turns.take('users', call.signal, async () => {
        const changed = await changeBlocks(
          wanted.patron,
          (blocks) => (blocks.some(isEqual) ? undefined : [...blocks, writeBlock(wanted, note)]),
          call,
        )
        if (changed.kind !== 'done') return changed
        const { patron } = changed.value
        const isThere = patron.blocks.some(({ own, code }) => own === true && code === wanted.description)
        return isThere ? done(patron) : unknown('BAD_ANSWER')
      })
    },

    /** Two calls, one when there is nothing to lift. */
    unblock(identifier: string, call: Call) {
      return turns.take('users', call.signal, async () => {
        const changed = await changeBlocks(
          identifier,
          (blocks) => (blocks.some(isOwn) ? blocks.filter((block) => !isOwn(block)) : undefined),
          call,
        )
        if (changed.kind !== 'done') return changed
        const { patron, written } = changed.value
        if (written && patron.blocks.some(({ own }) => own === true)) return unknown('BAD_ANSWER')
        return done({ patron, lifted: written })
      })
    },
  }
}

/** An external segment would be taken away by the next synchronisation with the student system. */
function writeBlock({ type, description }: NewBlock, note: string): JsonObject {
  return {
    block_type: { value: type },
    block_description: { value: description },
    block_status: 'ACTIVE',
    block_note: note,
    segment_type: 'Internal',
  }
}

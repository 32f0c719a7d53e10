import type { DatabaseSync } from 'node:sqlite'
import type { ChangeDetails } from '../../src/circulation/ports.ts'
import { Sealer } from '../../src/journal/sealer.ts'
import { journalKey } from './bridge-process.ts'
import type { EffectKind } from './institution.ts'

/** A change as it stands on the disk. */
export interface JournalRow {
  readonly kind: EffectKind
  readonly state: string
  readonly details: ChangeDetails
}

export function readJournal(database: DatabaseSync): readonly JournalRow[] {
  const sealer = new Sealer([journalKey])
  const rows = database.prepare('SELECT id, kind, state, details FROM changes ORDER BY seq').all()
  return rows.map(({ id, kind, state, details }) => ({
    kind: kind as EffectKind,
    state: String(state),
    details: sealer.unseal(details as Uint8Array, `${String(id)} details`) as ChangeDetails,
  }))
}

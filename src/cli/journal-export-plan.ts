/** Which entries an export takes, what it writes of them, and why it leaves the others. */
import type { Place } from '../circulation/model.ts'
import { type DatObstacle, lineEnds, renderDatLine } from '../journal/export-dat.ts'
import { describeEntry } from '../journal/export-json.ts'
import type { JournalEntry } from '../journal/journal-file.ts'
import type { Config } from '../runtime/config/schema.ts'
import { collectPlaces, deskName } from './check-places.ts'

export type ExportFormat = 'dat' | 'jsonl'

export interface ExportLayout {
  readonly format: ExportFormat
  readonly lineEnd: keyof typeof lineEnds
  /** The only desk of which entries are taken. */
  readonly place: Place | undefined
  /** Most entries that are taken. */
  readonly limit: number
  zoneOf(institution: string): string
  deskOf(entry: JournalEntry): Place | undefined
}

export type Obstacle = DatObstacle | 'other-desk' | 'desk-unknown'

export const obstacleWords: Readonly<Record<Obstacle, string>> = {
  kind: 'no loan and no return: Alma takes nothing else in this file',
  unreadable: 'cannot be read: their key is not in journal.sqlite.keys',
  'not-accepted': 'the machine was never told yes',
  item: "no barcode, or one that the file's format cannot hold",
  patron: "no patron's id, or one that the file's format cannot hold",
  'other-desk': 'of another desk',
  'desk-unknown': 'nobody knows at which desk it was',
}

export interface ExportPlan {
  readonly text: string
  /** In the order of the text. */
  readonly taken: readonly JournalEntry[]
  readonly left: ReadonlyMap<string, Obstacle>
  /** How many could have been taken too, had there been room. */
  readonly more: number
  /** The desks of both, with counts, in the order of their names. */
  readonly desks: ReadonlyMap<string, number>
}

/** Where an entry happened: as it says itself, else where its machine stands. */
export function makeDeskFinder(config: Config): ExportLayout['deskOf'] {
  const byMachine = new Map<string, Place>()
  for (const { id } of config.institutions) {
    for (const place of collectPlaces(config, id)) {
      for (const machine of place.usedBy) if (!byMachine.has(machine)) byMachine.set(machine, place)
    }
  }
  return ({ details, machine }) => {
    const { library, circulationDesk } = details?.place ?? {}
    if (library !== undefined && circulationDesk !== undefined) return { library, circulationDesk }
    return byMachine.get(machine)
  }
}

export function planExport(entries: readonly JournalEntry[], layout: ExportLayout): ExportPlan {
  const lines: string[] = []
  const taken: JournalEntry[] = []
  const left = new Map<string, Obstacle>()
  const desks = new Map<string, number>()
  let more = 0
  for (const entry of entries) {
    const rendered = renderEntry(entry, layout)
    if ('obstacle' in rendered) {
      left.set(entry.id, rendered.obstacle)
      continue
    }
    if (taken.length === layout.limit) more += 1
    else {
      lines.push(rendered.line + lineEnds[layout.lineEnd])
      taken.push(entry)
    }
    const desk = layout.deskOf(entry)
    if (desk !== undefined) desks.set(deskName(desk), (desks.get(deskName(desk)) ?? 0) + 1)
  }
  const sorted = [...desks].toSorted(([a], [b]) => a.localeCompare(b))
  return { text: lines.join(''), taken, left, more, desks: new Map(sorted) }
}

function renderEntry(entry: JournalEntry, layout: ExportLayout): { line: string } | { obstacle: Obstacle } {
  const { format, place, zoneOf, deskOf } = layout
  if (entry.details === undefined) return { obstacle: 'unreadable' }
  const desk = deskOf(entry)
  if (place !== undefined && desk !== undefined && deskName(desk) !== deskName(place)) return { obstacle: 'other-desk' }
  const timeZone = zoneOf(entry.institution)
  const rendered =
    format === 'dat'
      ? renderDatLine(entry, timeZone)
      : { line: JSON.stringify(describeEntry(entry, { timeZone, mask: false })) }
  // Uploaded at the wrong desk, an item would be sent to the wrong place.
  const deskMatters = format === 'dat' || place !== undefined
  return 'line' in rendered && desk === undefined && deskMatters ? { obstacle: 'desk-unknown' } : rendered
}

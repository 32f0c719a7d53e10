/**
 * A process that begins as many changes in a journal as it is told, promises every second one, says so, and waits to be
 * killed.
 */
import { writeSync } from 'node:fs'
import { accepted, unavailable } from '../../src/circulation/outcome.ts'
import { SqliteJournal } from '../../src/journal/sqlite.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { silentLog } from '../../src/runtime/log.ts'
import { generatedItemBarcode, generatedPatronBarcode } from '../../simulators/alma/state/generated-library.ts'
import { entryOf, makeChange } from '../journal/sample-change.ts'
import { usualOptions } from '../journal/sqlite-file.ts'

const [, , file = '', count = ''] = process.argv
const place = { library: 'MAIN', circulationDesk: 'DEFAULT_CIRC_DESK' }
const secret = Buffer.from(process.env['JOURNAL_SECRET'] ?? '', 'base64')
const journal = new SqliteJournal(
  { ...usualOptions, file, keys: [{ id: 'run', secret }] },
  { clock: systemClock, log: silentLog },
)
await journal.start()
await Promise.all(
  Array.from({ length: Number(count) }, async (_, index) => {
    const details = { item: generatedItemBarcode(index + 1), patron: generatedPatronBarcode(index + 1), place }
    const entry = entryOf(await journal.begin(makeChange(`pending ${index}`, { institution: 'demo', details })))
    if (index % 2 === 0) await journal.accept(entry, unavailable('offline'), accepted())
  }),
)
writeSync(1, 'written\n')
setInterval(() => {}, 60_000)

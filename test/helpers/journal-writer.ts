/**
 * A process that writes to a journal until it is killed: `node journal-writer.ts FILE`. It prints a line for everything
 * that it was told to be safe.
 */
import { writeSync } from 'node:fs'
import { done } from '../../src/circulation/outcome.ts'
import { SqliteJournal } from '../../src/journal/sqlite.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { silentLog } from '../../src/runtime/log.ts'
import { makeChange } from '../journal/sample-change.ts'
import { usualOptions } from '../journal/sqlite-file.ts'

const journal = new SqliteJournal(
  { ...usualOptions, file: process.argv[2] ?? '' },
  { clock: systemClock, log: silentLog },
)
await journal.start()

const tell = (line: string): number => writeSync(1, `${line}\n`)

async function write(worker: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const name = `${worker}-${count}`
    const begun = await journal.begin(makeChange(name, { details: { patron: name } }))
    if (begun.state !== 'new') throw new Error('every change of this process is new')
    tell(`begun ${name}`)
    // Every fifth one is left open.
    if (count % 5 === 4) continue
    await journal.end(begun.entry, done({ name }))
    tell(`done ${name}`)
  }
}

await Promise.all([0, 1, 2, 3].map(write))

/**
 * A process that writes to a journal until it is killed: `node journal-writer.ts FILE`. It prints a line for everything
 * that it was told to be safe.
 */
import { writeSync } from 'node:fs'
import { accepted, done, unavailable } from '../../src/circulation/outcome.ts'
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

const dueBase = Date.UTC(2026, 3, 1)

const tell = (line: string): number => writeSync(1, `${line}\n`)

/** What becomes of a change, one after the other. */
const ends = ['done', 'done', 'accepted', 'left open', 'carried out'] as const

async function write(worker: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const name = `${worker}-${count}`
    const end = ends[count % ends.length]
    const begun = await journal.begin(makeChange(name, { callId: name, details: { patron: name } }))
    if (begun.state !== 'new') throw new Error('every change of this process is new')
    tell(`begun ${name}`)
    if (end === 'done') {
      await journal.end(begun.entry, done({ name }))
      tell(`done ${name}`)
    } else if (end !== 'left open') {
      const due = new Date(dueBase + count)
      if (!(await journal.accept(begun.entry, unavailable('offline'), accepted(due)))) throw new Error('not written')
      tell(`accepted ${name} ${due.getTime()}`)
      if (end === 'carried out') {
        await journal.resume(begun.entry)
        tell(`resumed ${name}`)
        await journal.end(begun.entry, done({ name }))
        tell(`settled ${name}`)
      }
    }
  }
}

await Promise.all([0, 1, 2, 3].map(write))

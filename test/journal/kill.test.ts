import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { done } from '../../src/circulation/outcome.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { makeChange } from './sample-change.ts'
import { usualOptions, openSqliteJournal } from './sqlite-file.ts'

/** Lines after which the process is killed. */
const killAfter = [1, 40, 400]

for (const lines of killAfter) {
  t.test(`laws 2 and 3: killed after ${lines} promises, every one of them is kept`, async (t) => {
    const file = `${t.testdir({})}/journal.db`
    const promised = await writeUntilKilled(file, lines)
    const { journal, codes } = await openSqliteJournal(t, { ...usualOptions, file, clock: systemClock })

    const ended = new Set(promised.filter((line) => line.startsWith('done ')).map(nameOf))
    const begun = promised.filter((line) => line.startsWith('begun ')).map(nameOf)
    t.ok(begun.length >= 1)
    const { total } = await journal.unsettled(1)
    t.ok(total >= begun.length - ended.size - writers, 'what was left open is unsettled')
    t.equal(codes().includes('JOURNAL_UNSETTLED'), total > 0)
    for (const name of begun) {
      const again = await journal.begin(makeChange(name, { details: { patron: name } }))
      if (ended.has(name)) t.same(again.state === 'ended' && (await again.outcome), done({ name }), `${name} is done`)
      // An end may have reached the disk without being told.
      else t.not(again.state, 'new', `${name} is not sent blindly`)
    }
  })
}

const writers = 4

const nameOf = (line: string): string => line.split(' ')[1] ?? ''

/** @returns the lines that the process had written when it was gone. */
async function writeUntilKilled(file: string, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../helpers/journal-writer.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const promised: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    promised.push(line)
    if (promised.length === lines) child.kill('SIGKILL')
  }
  await exited
  return promised
}

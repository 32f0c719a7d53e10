import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { accepted, done } from '../../src/circulation/outcome.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { answerTo, makeChange } from './sample-change.ts'
import { usualOptions, openSqliteJournal } from './sqlite-file.ts'

/** What the process had written when it was gone: for each word the names, with what stood behind them. */
class Written {
  readonly #byWord = new Map<string, Map<string, string>>()

  add(line: string): void {
    const [word = '', name = '', rest = ''] = line.split(' ')
    this.#byWord.set(word, this.of(word).set(name, rest))
  }

  of(word: string): Map<string, string> {
    return this.#byWord.get(word) ?? new Map()
  }
}

/** Lines after which the process is killed. */
const killAfter = [1, 40, 400]

for (const lines of killAfter) {
  t.test(`laws 2 and 3: killed after ${lines} promises, every one of them is kept`, async (t) => {
    const file = `${t.testdir({})}/journal.db`
    const written = await writeUntilKilled(file, lines)
    const { journal, codes } = await openSqliteJournal(t, { ...usualOptions, file, clock: systemClock })

    const begun = written.of('begun')
    t.ok(begun.size >= 1)
    const { queued, unsettled } = journal.counts('INST')
    t.equal(codes().includes('JOURNAL_UNSETTLED'), queued + unsettled > 0)
    const waiting = new Map(journal.pending('INST').map((change) => [change.callId, change]))
    t.equal(waiting.size, queued + unsettled)

    for (const [name, due] of written.of('accepted')) {
      const told = accepted(new Date(Number(due)))
      const change = waiting.get(name)
      if (written.of('settled').has(name)) t.notOk(change, `${name} is settled`)
      // An end may have reached the disk without being told.
      else if (change) {
        t.match(change, { told, details: { patron: name } }, `${name} waits`)
        if (written.of('resumed').has(name)) t.equal(change.state, 'unsettled', `${name} may have been sent`)
      } else t.ok(Number(name.split('-')[1]) % 5 === 4, `${name} was carried out`)
      t.same(await answerTo(await journal.begin(sample(name))), told, `${name} was told yes`)
    }
    for (const name of begun.keys()) {
      if (written.of('accepted').has(name)) continue
      const again = await journal.begin(sample(name))
      if (written.of('done').has(name)) t.same(await answerTo(again), done({ name }), `${name} is done`)
      else t.not(again.state, 'new', `${name} is not sent blindly`)
    }
  })
}

const sample = (name: string) => makeChange(name, { callId: name, details: { patron: name } })

async function writeUntilKilled(file: string, lines: number): Promise<Written> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../helpers/journal-writer.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const written = new Written()
  let count = 0
  for await (const line of createInterface({ input: child.stdout })) {
    written.add(line)
    count += 1
    if (count === lines) child.kill('SIGKILL')
  }
  await exited
  return written
}

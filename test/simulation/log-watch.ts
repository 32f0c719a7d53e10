import { type Log, makeLog } from '../../src/runtime/log.ts'
import { personalValues } from './library.ts'
import type { LawBook } from './laws.ts'

type TellBug = (error: unknown) => void

const bugCode = 'INTERNAL_ERROR'

/** Writes nothing: most of a simulation would be writing. */
export function watchLog(tellBug: TellBug): Log {
  const log: Log = {
    debug() {},
    info() {},
    warn() {},
    error(code, _facts, error) {
      if (code === bugCode) tellBug(error)
    },
    child: () => log,
  }
  return log
}

/** Writes everything, and reads it for what must not be in it. */
export function watchWrittenLog(laws: LawBook, tellBug: TellBug): Log {
  const write = (line: string): void => {
    const isPrivate = !personalValues.some((value) => line.includes(value))
    laws.check('private', isPrivate, () => 'a line of the log names somebody')
    if (line.includes(`"${bugCode}"`)) tellBug(new Error(line))
  }
  return makeLog({ level: 'debug', pretty: 'never', destination: { write } })
}

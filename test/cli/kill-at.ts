/**
 * Loaded before the command (`node --import`): KILL_AT ends the process without warning before or after a step, FAIL_AT
 * lets the step fail with a code.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { DatabaseSync } from 'node:sqlite'

const { KILL_AT = '', FAIL_AT = '' } = process.env

function pass(step: string): void {
  if (KILL_AT === step) process.kill(process.pid, 'SIGKILL')
  const [failing, code] = FAIL_AT.split('=')
  if (failing === step) throw Object.assign(new Error('on purpose'), { code })
}

function wrap<K extends 'writeFileSync' | 'fsyncSync' | 'renameSync'>(name: K): void {
  const original = fs[name] as (...parameters: unknown[]) => unknown
  const wrapped = (...parameters: unknown[]): unknown => {
    pass(`before ${name}`)
    const result = original(...parameters)
    pass(`after ${name}`)
    return result
  }
  Object.assign(fs, { [name]: wrapped })
}

wrap('writeFileSync')
wrap('fsyncSync')
wrap('renameSync')
syncBuiltinESMExports()

const exec = DatabaseSync.prototype.exec
DatabaseSync.prototype.exec = function execAndPass(sql: string): void {
  pass(`before ${sql}`)
  exec.call(this, sql)
  pass(`after ${sql}`)
}

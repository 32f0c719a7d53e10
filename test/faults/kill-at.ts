/**
 * Loaded before the bridge, in its own process: kills it at a step, shifts its clock, and ends it with the process that
 * started it. The product itself has no such switch.
 *
 * `FAULTS_KILL_AT`: `change-begun:3` kills at the third change that was begun; `backlog-` before a step means changes
 * that waited. `FAULTS_CLOCK`: a file with milliseconds by which the clock is wrong, read at the start and at SIGUSR2.
 */
import { readFileSync } from 'node:fs'
import { type StepEvent, stepChannel } from '../../src/runtime/diagnostics.ts'

const { FAULTS_KILL_AT = '', FAULTS_CLOCK } = process.env

const [wanted = '', count = ''] = FAULTS_KILL_AT.split(':')
if (wanted !== '') killAt(wanted, Number(count))
if (FAULTS_CLOCK !== undefined) shiftClock(FAULTS_CLOCK)

const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
}, 1000).unref()

function killAt(name: string, nth: number): void {
  const waited = new Set<string>()
  let passed = 0
  stepChannel.subscribe((message) => {
    const { step, id, priority } = message as StepEvent
    if (step === 'change-resumed') waited.add(id)
    const ofBacklog = priority === 'background' || (step !== 'change-resumed' && waited.has(id))
    if (step === 'change-ended') waited.delete(id)
    if ((ofBacklog ? `backlog-${step}` : step) !== name) return
    passed += 1
    if (passed === nth) process.kill(process.pid, 'SIGKILL')
  })
}

/** `performance.now()` goes on as it did, as after a change of the system's time. */
function shiftClock(file: string): void {
  const RealDate = Date
  let offsetMs = 0
  const read = (): void => {
    offsetMs = Number(readFileSync(file, 'utf8'))
  }
  read()
  process.on('SIGUSR2', read)
  const now = (): number => RealDate.now() + offsetMs
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as object,
    apply: () => new RealDate(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  })
}

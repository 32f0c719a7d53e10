import type { Circulation } from './circulation.ts'
import type { Attempt } from './once.ts'
import { type NotDone, type Outcome, type UnavailableCause, unknown } from './outcome.ts'
import { performPending } from './perform-pending.ts'
import type { Call, ChangeDetails, PendingChange } from './ports.ts'

export interface BacklogOptions {
  /** Changes that are carried out at the same time; those of one item or patron never are. */
  readonly atOnce: number
  /** How often it is looked whether something waits, in milliseconds. */
  readonly everyMs: number
  /** What one change may take, in milliseconds. */
  readonly attemptMs: number
  /** After so many attempts of unknown end a person settles it. */
  readonly maxAttempts: number
}

/** What became of a change that waited. */
export interface BacklogEvent {
  readonly change: PendingChange
  readonly result: 'done' | 'exception' | 'not-carried-out' | 'waits'
  readonly outcome: Outcome<unknown>
  /** A bug that was caught. */
  readonly error: unknown
}

/** What holds up one change by these holds up all of them. */
const forAll: ReadonlySet<UnavailableCause> = new Set<UnavailableCause>(['offline', 'quota', 'overload'])
/** A change that waits again is tried after a pause, which doubles with every attempt up to this. */
const longestPauseMs = 60_000

/** Only so many of the oldest are looked through for one that can go next. */
const window = 1000

/**
 * The changes of one institution that wait for its library system: what was promised while it was away, and what ended
 * unknown. They go in the order in which they happened, item by item and patron by patron, after everybody who stands at
 * a machine.
 */
export class Backlog {
  readonly #circulation: () => Circulation
  readonly #options: BacklogOptions
  readonly #tell: (event: BacklogEvent) => void
  readonly #stopping = new AbortController()
  /** What is under way, by entry. */
  readonly #running = new Map<string, { readonly change: PendingChange; readonly end: Promise<boolean> }>()
  /** Since when the attempt of an unsettled change is known to be over, by `monotonic()`. */
  readonly #restingSince = new Map<string, number>()
  /** When a change that could not be carried out is tried again, by entry and `monotonic()`. */
  readonly #notBefore = new Map<string, number>()
  /** The library system takes nothing at all now: the rest need not be tried. */
  #halted = false
  /** Operations that the key may not use now; the others go on. */
  readonly #forbidden = new Set<PendingChange['kind']>()
  #loop: Promise<void> | undefined

  constructor(circulation: () => Circulation, options: BacklogOptions, tell: (event: BacklogEvent) => void) {
    this.#circulation = circulation
    this.#options = options
    this.#tell = tell
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** Begins nothing more and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#loop
  }

  /**
   * Carries out what was promised before `happenedAt` for the same item or patron, so that a change of now comes after
   * it. False when it could not all be carried out before the call's deadline.
   */
  async clear(details: ChangeDetails, happenedAt: Date, call: Call): Promise<boolean> {
    const { journal, system } = this.#circulation()
    const tried = new Set<string>()
    /** What was under way before us came before us, whatever a clock that was set says. */
    const awaited = new Set<string>()
    for (;;) {
      const pending = journal.pending(system.institution)
      if (pending.length === 0 && this.#running.size === 0) return true
      // Whatever was promised meanwhile comes first when the library system is back: nothing may slip in between.
      if (!system.availability.online()) return false
      const earlier = pending.filter(
        ({ told, happenedAt: at, entry }) => told !== undefined && (at <= happenedAt || awaited.has(entry)),
      )
      const running = [...this.#running.values()]
      const keys = closureOf(details, [...earlier, ...running.map(({ change }) => change)])
      const runs = running.find(({ change }) => touches(keys, change.details))
      const next = earlier.find((change) => touches(keys, change.details))
      if (runs === undefined && next === undefined) return true
      if (call.signal.aborted) return false
      if (runs) {
        awaited.add(runs.change.entry)
        await endOf(runs.end, call.signal)
      } else if (next === undefined || tried.has(next.entry)) return false
      else {
        tried.add(next.entry)
        await this.#begin(next, { ...call, id: next.callId, machine: next.machine, machineTime: next.machineTime })
      }
    }
  }

  async #run(): Promise<void> {
    const { clock, system } = this.#circulation()
    const { signal } = this.#stopping
    const { everyMs } = this.#options
    let pauseMs = everyMs
    while (!signal.aborted) {
      this.#halted = false
      this.#forbidden.clear()
      if (system.availability.online()) await this.#pass()
      pauseMs = this.#halted ? Math.min(pauseMs * 2, longestPauseMs) : everyMs
      await clock.sleep(pauseMs, signal)
    }
  }

  /** Everything that can go now; a change that could not be carried out holds up the later ones of its item or patron. */
  async #pass(): Promise<void> {
    const { journal, system } = this.#circulation()
    const waiting = new Set(journal.pending(system.institution).map(attemptOf))
    for (const known of [this.#restingSince, this.#notBefore]) {
      for (const attempt of known.keys()) if (!waiting.has(attempt)) known.delete(attempt)
    }
    const resting = new Set<string>()
    const work = async (): Promise<void> => {
      while (!this.#stopping.signal.aborted && !this.#halted && system.availability.online()) {
        const next = this.#next(resting)
        if (next === undefined) return
        if (!(await this.#attempt(next))) resting.add(next.entry)
      }
    }
    // One worker may come to an end because others hold what waits; whoever ends last leaves nothing behind.
    await Promise.all(Array.from({ length: this.#options.atOnce }, work))
  }

  #next(resting: ReadonlySet<string>): PendingChange | undefined {
    const { journal, system } = this.#circulation()
    const blocked = new Set(this.underWay.flatMap(({ details }) => keysOf(details)))
    // A return makes room for another loan of its patron, whom it does not name.
    const returns = this.underWay.filter(({ kind }) => kind === 'checkin')
    for (const change of journal.pending(system.institution).slice(0, window)) {
      const keys = keysOf(change.details)
      const may = !resting.has(change.entry) && !this.#forbidden.has(change.kind) && this.#isDue(change)
      const early = change.kind === 'checkout' && returns.some(({ happenedAt }) => happenedAt <= change.happenedAt)
      const free = may && !early && !keys.some((key) => blocked.has(key)) && this.#isQuiet(change)
      if (free) return change
      for (const key of keys) blocked.add(key)
    }
    return undefined
  }

  #isDue(change: PendingChange): boolean {
    const notBefore = this.#notBefore.get(attemptOf(change)) ?? 0
    return this.#circulation().clock.monotonic() >= notBefore
  }

  /** An unsettled change can still arrive for a while after its answer was given up. */
  #isQuiet(change: PendingChange): boolean {
    if (change.state === 'queued') return true
    const { clock, settleMs } = this.#circulation()
    const now = clock.monotonic()
    const attempt = attemptOf(change)
    const since = this.#restingSince.get(attempt)
    if (since === undefined) this.#restingSince.set(attempt, now)
    return since !== undefined && now - since >= settleMs
  }

  async #attempt(change: PendingChange): Promise<boolean> {
    const { clock } = this.#circulation()
    const deadline = new AbortController()
    const ended = new AbortController()
    void clock.sleep(this.#options.attemptMs, ended.signal).then(() => deadline.abort())
    try {
      return await this.#begin(change, {
        id: change.callId,
        priority: 'background',
        signal: deadline.signal,
        deadline: clock.monotonic() + this.#options.attemptMs,
        machine: change.machine,
        machineTime: change.machineTime,
      })
    } finally {
      ended.abort()
    }
  }

  #begin(change: PendingChange, call: Call): Promise<boolean> {
    const end = this.#carryOut(change, call).finally(() => this.#running.delete(change.entry))
    this.#running.set(change.entry, { change, end })
    return end
  }

  /** @returns false when it still waits. */
  async #carryOut(change: PendingChange, call: Call): Promise<boolean> {
    const circulation = this.#circulation()
    const { journal } = circulation
    const attempt = this.#attemptAt(change)
    if (!(await journal.resume(change.entry, attempt.since))) return false
    let outcome: Outcome<unknown> = unknown('the change ended in an error of the bridge')
    let error: unknown
    try {
      outcome = await performPending(change, attempt, circulation, call)
    } catch (caught) {
      error = caught
    }
    if (outcome.kind === 'unavailable' && forAll.has(outcome.cause)) this.#halted = true
    if (outcome.kind === 'unavailable' && outcome.cause === 'key-refused') this.#forbidden.add(change.kind)
    const result = this.#judge(change, outcome)
    if (result === 'waits' && !this.#halted) this.#pause(change)
    if (result === 'exception') await journal.setAside(change.entry, outcome as NotDone)
    else await journal.end(change.entry, outcome, attempt.since)
    this.#tell({ change, result, outcome, error })
    return result !== 'waits'
  }

  #pause({ entry, attempts }: PendingChange): void {
    const ms = Math.min(this.#options.everyMs * 2 ** Math.min(attempts, 16), longestPauseMs)
    const next = attemptOf({ entry, attempts: attempts + 1 })
    this.#notBefore.set(next, this.#circulation().clock.monotonic() + ms)
  }

  /** What is being carried out or looked for just now, and is therefore not among what waits. */
  get underWay(): readonly PendingChange[] {
    return [...this.#running.values()].map(({ change }) => change)
  }

  #attemptAt(change: PendingChange): Attempt {
    const { clock, system } = this.#circulation()
    const { state, since, happenedAt, details } = change
    const started = clock.monotonic()
    return {
      // Of what is queued nothing was sent before, and the library system's clock is known better than it was.
      get since() {
        return state === 'queued' ? new Date(system.now().getTime() - clock.monotonic() + started) : since
      },
      again: state === 'unsettled',
      quiet: this.#isQuiet(change),
      ...(mustHappen(change)
        ? { lookOnly: false, happenedAt: details?.reported ? happenedAt : since }
        : { lookOnly: true }),
    }
  }

  #judge({ kind, told, attempts }: PendingChange, outcome: Outcome<unknown>): BacklogEvent['result'] {
    if (outcome.kind === 'done') return 'done'
    if (outcome.kind === 'refused') return 'exception'
    // What the library system answers in a way that nobody understands is no better the next time.
    if (outcome.kind === 'unknown' || outcome.cause === 'internal') {
      return attempts >= this.#options.maxAttempts ? 'exception' : 'waits'
    }
    if (outcome.cause !== 'not-carried-out') return 'waits'
    // The patron has paid, and nobody was told whether that was booked.
    return told === undefined && kind === 'pay-fee' ? 'exception' : 'not-carried-out'
  }
}

/** It was promised, or a person who gave a payment back says that the patron has paid. */
const mustHappen = ({ told, retried, kind }: PendingChange): boolean =>
  told !== undefined || (retried === true && kind === 'pay-fee')

const attemptOf = ({ entry, attempts }: Pick<PendingChange, 'entry' | 'attempts'>): string => `${entry} ${attempts}`

/** Changes with a common key keep their order. */
function keysOf(details: ChangeDetails | undefined): readonly string[] {
  const keys: string[] = []
  if (details?.item) keys.push(`item ${details.item}`)
  if (details?.patron) keys.push(`patron ${details.patron}`)
  return keys
}

const touches = (keys: ReadonlySet<string>, details: ChangeDetails | undefined): boolean =>
  keysOf(details).some((key) => keys.has(key))

/** All keys that hang together with those of a change through others. */
function closureOf(details: ChangeDetails, others: readonly PendingChange[]): ReadonlySet<string> {
  const { item, patron } = details
  const keys = new Set(keysOf(details))
  const near = (other: ChangeDetails | undefined) =>
    (item !== undefined && other?.item === item) || (patron !== undefined && other?.patron === patron)
  // As a rule nothing is near, and a long backlog is looked through only once.
  if (!others.some((change) => near(change.details))) return keys
  for (let size = 0; size !== keys.size; ) {
    size = keys.size
    for (const change of others) {
      if (touches(keys, change.details)) for (const key of keysOf(change.details)) keys.add(key)
    }
  }
  return keys
}

/** Resolves at the end, or earlier when the signal aborts. */
async function endOf(end: Promise<unknown> | undefined, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>()
  const abort = (): void => aborted.resolve()
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  await Promise.race([end, aborted.promise])
  signal.removeEventListener('abort', abort)
}

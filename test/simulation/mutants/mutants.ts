/** The mistakes that the simulation must find. */
import type { Change, Journal } from '../../../src/circulation/ports.ts'
import { done, unavailable } from '../../../src/circulation/outcome.ts'
import { FrameSplitter } from '../../../src/sip2/frame.ts'
import { Repeats } from '../../../src/sip2/repeats.ts'
import { Quota } from '../../../src/alma/quota.ts'
import { errandMutants } from './errand-mutants.ts'
import type { Mutant } from './mutant.ts'
import { withMethods } from './with-methods.ts'

const mutants = {
  'forgets-on-restart': {
    about: 'The journal begins empty after a restart.',
    breaks: ['once', 'money', 'kept', 'truth'],
    forgetsDisk: true,
  },
  'writes-after-sending': {
    about: 'A change is sent while it is still being written, and sent although it could not be written.',
    breaks: ['once', 'money', 'settled', 'truth', 'sound'],
    journal: (journal) =>
      withMethods(journal, {
        begin: async (change: Change) => {
          const written = journal.begin(change)
          const early = await Promise.race([written, Promise.resolve(undefined)])
          return early ?? lateEntry(written)
        },
        end: async (entry, outcome) => {
          const known = late.get(entry)
          if (!known) return journal.end(entry, outcome)
          late.delete(entry)
          const begun = await known
          if (begun.state !== 'ended') await journal.end(begun.entry, outcome)
        },
        accept: async (entry, outcome, told) => {
          const known = late.get(entry)
          if (!known) return journal.accept(entry, outcome, told)
          late.delete(entry)
          const begun = await known
          return begun.state !== 'ended' && journal.accept(begun.entry, outcome, told)
        },
      }),
  },
  'takes-unknown-for-failed': {
    about: 'A lost answer to a change counts as a change that was not made.',
    breaks: ['truth', 'once', 'money'],
    system: (system) =>
      withMethods(system, {
        loans: withMethods(system.loans, {
          create: async (loan, call) => {
            const outcome = await system.loans.create(loan, call)
            return outcome.kind === 'unknown' ? unavailable('timeout') : outcome
          },
        }),
      }),
  },
  'trusts-absence-at-once': {
    about: 'What is not at Alma right after a lost answer is taken not to come any more.',
    breaks: ['truth', 'once', 'money', 'settled'],
    settleMs: 1,
  },
  'pays-again': {
    about: 'A payment whose answer was lost is never found, and is sent again.',
    breaks: ['money', 'truth', 'settled'],
    system: (system) => withMethods(system, { fees: withMethods(system.fees, { findPayments: async () => done([]) }) }),
  },
  'promises-before-writing': {
    about: 'A machine is promised something that is written down a moment later.',
    breaks: ['kept', 'money', 'settled', 'truth'],
    journal: (journal) =>
      withMethods(journal, {
        accept: async (entry, outcome, told) => {
          setTimeout(() => void journal.accept(entry, outcome, told), 1500)
          return true
        },
      }),
  },
  'forgets-promises': {
    about: 'What was promised is never carried out.',
    breaks: ['kept', 'money', 'settled', 'state'],
    journal: (journal) => withMethods(journal, { pending: () => [] }),
  },
  'replays-backwards': {
    about: 'What waits is carried out from the last to the first.',
    breaks: ['order', 'state', 'kept', 'once'],
    journal: (journal) =>
      withMethods(journal, { pending: (institution: string) => journal.pending(institution).toReversed() }),
  },
  'repeats-are-new': {
    about: 'A request that comes again on a connection is a new one.',
    breaks: ['once', 'money', 'truth'],
    install: () => {
      Repeats.prototype.takeRepeated = () => undefined
      let occurrences = 0
      Repeats.prototype.countOccurrence = () => (occurrences += 1)
    },
  },
  'drops-split-requests': {
    about: 'What came before the end of a request is lost when it comes in pieces.',
    breaks: ['one-answer'],
    install: () => {
      const push = FrameSplitter.prototype.push
      FrameSplitter.prototype.push = function pushWhole(this: FrameSplitter, chunk: Buffer) {
        return chunk.at(-1) === 13 ? push.call(this, chunk) : []
      }
    },
  },
  'background-first': {
    about: 'Background work waits for Alma in the queue of the patrons.',
    breaks: ['fair'],
    install: () => {
      const acquire = Quota.prototype.acquire
      Quota.prototype.acquire = function acquireAsPatron(this: Quota, _priority, signal) {
        return acquire.call(this, 'patron', signal)
      }
    },
  },
  ...errandMutants,
} as const satisfies Readonly<Record<string, Mutant>>

type Begun = Awaited<ReturnType<Journal['begin']>>

/** Entries that are used before they are written. */
const late = new Map<string, Promise<Begun>>()
let lateEntries = 0

function lateEntry(written: Promise<Begun>): Begun {
  lateEntries += 1
  const entry = `late ${lateEntries}`
  late.set(entry, written)
  return { state: 'new', entry, since: new Date() }
}

export type MutantName = keyof typeof mutants
export const mutantNames = Object.keys(mutants) as MutantName[]

export function findMutant(name: string | undefined): Mutant | undefined {
  if (name === undefined) return undefined
  if (!Object.hasOwn(mutants, name)) throw new Error(`there is no mutant ${name}; there are ${mutantNames.join(', ')}`)
  return mutants[name as MutantName]
}

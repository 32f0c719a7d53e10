import type { Backlog, BacklogEvent } from '../circulation/backlog.ts'
import type { JournalCounts } from '../circulation/ports.ts'
import { type BacklogChannelEvent, backlogChannel } from '../runtime/diagnostics.ts'
import type { Part } from '../runtime/lifecycle.ts'
import type { Log } from '../runtime/log.ts'

/** What is under way has until the end of the drain; then it is left to the next process, which finds it in the journal. */
export const toBacklogPart = (name: string, backlog: Pick<Backlog, 'start' | 'stop'>): Part => ({
  name,
  start: () => backlog.start(),
  drain: (signal) => Promise.race([backlog.stop(), aborted(signal)]),
})

/** Tells what became of a change that waited, without whom it was about. */
export function tellBacklog({ change, result, outcome, error }: BacklogEvent, counts: JournalCounts, log: Log): void {
  const { callId, institution, machine, kind, told } = change
  if (error !== undefined) {
    log.error('INTERNAL_ERROR', { messageId: callId, institution, machine, change: kind }, error)
  }
  if (!backlogChannel.hasSubscribers) return
  backlogChannel.publish({
    id: callId,
    institution,
    machine,
    kind,
    promised: told !== undefined,
    result,
    reason: outcome.kind === 'refused' ? outcome.reason : outcome.kind === 'unavailable' ? outcome.cause : undefined,
    left: counts.queued + counts.unsettled,
  } satisfies BacklogChannelEvent)
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}

import type { NotDone, Outcome } from '../circulation/outcome.ts'

/** In these a change waits: for the library system, for somebody to look, or for a person. */
export type WaitingState = 'queued' | 'unsettled' | 'exception'
export type OpenState = WaitingState | 'under-way'
export type EndState = WaitingState | 'done' | 'refused' | 'unavailable'

/**
 * What an attempt makes of a change. One that learnt nothing leaves it as it was before.
 * @param before undefined for a new change. A person's exception was taken up again only by a machine, and is looked for.
 */
export function endStateOf(outcome: Outcome<unknown>, before: WaitingState | undefined): EndState {
  if (outcome.kind === 'unknown') return 'unsettled'
  if (outcome.kind !== 'unavailable' || outcome.cause === 'not-carried-out' || before === undefined) return outcome.kind
  return before === 'queued' ? 'queued' : 'unsettled'
}

/** Where a change waits of which the machine was told yes: queued only when it is surely not at the library system. */
export function acceptedStateOf(outcome: NotDone, before: WaitingState | undefined): WaitingState {
  if (outcome.kind === 'refused') return 'exception'
  const state = endStateOf(outcome, before)
  return state === 'unsettled' ? state : 'queued'
}

/**
 * What happened, told to whoever listens. Metrics, traces and the console subscribe; the code that does the work
 * only publishes, and pays nothing when nobody listens. No event carries personal data.
 */
import { channel } from 'node:diagnostics_channel'
import type { RefusalReason, UnavailableCause } from '../circulation/outcome.ts'
import type { ChangeKind, Priority } from '../circulation/ports.ts'

/** One request of a machine and its answer. */
export interface MessageEvent {
  readonly id: string
  readonly protocol: 'sip2' | 'ncip'
  /** SIP2 command identifier (`11`) or NCIP service (`CheckOutItem`); `other` when it was neither. */
  readonly kind: string
  readonly machine: string
  readonly institution: string
  readonly result: 'done' | 'accepted' | 'refused' | 'unknown' | 'unavailable' | 'invalid' | 'resent' | 'error'
  readonly reason: RefusalReason | UnavailableCause | undefined
  readonly durationMs: number
}

/** One HTTP exchange with the library system, one event an attempt. */
export interface AlmaCallEvent {
  /** Identifier of the message for which the call was made. */
  readonly id: string
  readonly institution: string
  readonly method: string
  /** Path with its parameters named, never with their values: `/users/{user_id}/loans`. */
  readonly template: string
  readonly priority: Priority
  /** HTTP status, 0 when no answer came. */
  readonly status: number
  /** Alma's error code, the transport's error code, or empty. */
  readonly code: string
  readonly durationMs: number
  readonly queuedMs: number
  /** Calls left until midnight as Alma says, -1 when it did not say. */
  readonly remaining: number
}

/** A connection of a machine opened or closed. */
export interface ConnectionEvent {
  readonly listener: string
  readonly change: 'opened' | 'closed' | 'refused'
  readonly reason: string
}

/** Something a machine did against the rules of its protocol and was forgiven or refused. */
export interface ProtocolWarningEvent {
  readonly protocol: 'sip2' | 'ncip'
  readonly code: string
  readonly machine: string
}

/** An institution's library system went away or came back. */
export interface AvailabilityEvent {
  readonly institution: string
  readonly online: boolean
}

/** A change that waited for the library system was tried. */
export interface BacklogChannelEvent {
  /** Identifier of the message with which the change came. */
  readonly id: string
  readonly institution: string
  readonly machine: string
  readonly kind: ChangeKind
  /** The machine was told yes; else it was told that the end is unknown. */
  readonly promised: boolean
  /** `exception`: a person must settle it. `waits`: it is tried again. */
  readonly result: 'done' | 'exception' | 'not-carried-out' | 'waits'
  readonly reason: RefusalReason | UnavailableCause | undefined
  /** How many changes of the institution still wait. */
  readonly left: number
}

/** The points that a change passes on its way, each told at the moment of passing. */
export type Step =
  /** It is in the journal, and nothing was sent. */
  | 'change-begun'
  /** A call that changes something has its connection and is about to be written. */
  | 'call-sending'
  | 'call-answered'
  | 'change-ending'
  | 'change-ended'
  /** It is about to be promised, and the promise is not in the journal yet. */
  | 'change-accepting'
  | 'change-accepted'
  | 'reply-writing'
  | 'reply-written'
  /** A change that waited is under way again. */
  | 'change-resumed'

/** For tests that stop the process at a step. */
export interface StepEvent {
  readonly step: Step
  /** Of the message for calls and replies, of the journal's entry for changes. */
  readonly id: string
  /** Of a call, undefined for other steps. */
  readonly priority: Priority | undefined
}

export const messageChannel = channel('circbridge:message')
export const almaCallChannel = channel('circbridge:alma-call')
export const connectionChannel = channel('circbridge:connection')
export const protocolWarningChannel = channel('circbridge:protocol-warning')
export const availabilityChannel = channel('circbridge:availability')
export const backlogChannel = channel('circbridge:backlog')
export const stepChannel = channel('circbridge:step')

export function tellStep(step: Step, id: string, priority?: Priority): void {
  if (stepChannel.hasSubscribers) stepChannel.publish({ step, id, priority } satisfies StepEvent)
}

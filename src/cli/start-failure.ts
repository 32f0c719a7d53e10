/** An address at which a program could not listen, for one sentence to the person who started it. */
import type { LogCode } from '../runtime/codes.ts'
import { StartError } from '../runtime/lifecycle.ts'

export interface ListenFault {
  /** Name of the listener: of the innermost part that failed, empty outside a lifecycle. */
  readonly listener: string
  readonly port: number
  /** How the log calls it. */
  readonly code: LogCode
  /** What is wrong with its address and port, and what to do about it. */
  readonly sentence: string
}

const explanations = {
  EADDRINUSE: {
    code: 'LISTENER_PORT_TAKEN',
    sentence: 'is taken by another program; stop that one or take another port',
  },
  EACCES: { code: 'LISTENER_PORT_DENIED', sentence: 'may not be listened at by this user; take a port above 1023' },
  EADDRNOTAVAIL: { code: 'LISTENER_PORT_DENIED', sentence: 'is not an address of this computer' },
} as const satisfies Record<string, { code: LogCode; sentence: string }>

/** Undefined when the start failed for another reason than an address or a port. */
export function findListenFault(error: unknown): ListenFault | undefined {
  let listener = ''
  let cause = error
  while (cause instanceof StartError) {
    listener = cause.part
    cause = cause.cause
  }
  const { code = '', address = '', port } = (cause ?? {}) as { code?: string; address?: string; port?: number }
  if (!Object.hasOwn(explanations, code) || port === undefined) return undefined
  const explanation = explanations[code as keyof typeof explanations]
  const place = `${address.includes(':') ? `[${address}]` : address}:${port}`
  return { listener, port, code: explanation.code, sentence: `${place} ${explanation.sentence}.` }
}

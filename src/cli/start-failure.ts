/** An address at which a program could not listen, for one sentence to the person who started it. */
import { StartError } from '../runtime/lifecycle.ts'

export interface ListenFault {
  /** Name of the listener: of the innermost part that failed, empty outside a lifecycle. */
  readonly listener: string
  /** What is wrong with its address and port, and what to do about it. */
  readonly sentence: string
}

const explanations: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program; stop that one or take another port',
  EACCES: 'may not be listened at by this user; take a port above 1023',
  EADDRNOTAVAIL: 'is not an address of this computer',
}

/** Undefined when the start failed for another reason than an address or a port. */
export function findListenFault(error: unknown): ListenFault | undefined {
  let listener = ''
  let cause = error
  while (cause instanceof StartError) {
    listener = cause.part
    cause = cause.cause
  }
  const { code = '', address = '', port } = (cause ?? {}) as { code?: string; address?: string; port?: number }
  const explanation = explanations[code]
  if (explanation === undefined || port === undefined) return undefined
  const place = `${address.includes(':') ? `[${address}]` : address}:${port}`
  return { listener, sentence: `${place} ${explanation}.` }
}

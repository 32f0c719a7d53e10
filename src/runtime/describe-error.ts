/**
 * What an error may tell the log: its class, its code and where it was thrown, its causes alike. Never its message,
 * which may quote what a person typed.
 */
export interface ErrorFacts {
  readonly class: unknown
  readonly code?: unknown
  /** `file:line` of the nearest frames. */
  readonly at?: unknown
  readonly cause?: ErrorFacts
  readonly errors?: readonly ErrorFacts[]
}

const maxFrames = 8
const maxDepth = 4
const maxSiblings = 4

/** What each part of an error must pass before it is written; undefined leaves the part out. */
export const errorMaskers = {
  errorClass: (name: unknown): unknown =>
    typeof name === 'string' && /^[A-Z][A-Za-z0-9]{0,50}(Error|Exception)?$/.test(name) ? name : 'Error',
  thrownCode: (code: unknown): unknown =>
    typeof code === 'string' && /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code) && code.length <= 64 ? code : undefined,
  /** The message stands in the stack, too: only what follows it counts, and of a frame only file and line. */
  errorStack: (stack: unknown, message: unknown): unknown => {
    if (typeof stack !== 'string' || typeof message !== 'string') return undefined
    const start = stack.indexOf(message)
    if (start < 0) return undefined
    const lines = stack.slice(start + message.length).split('\n')
    const frames = lines.flatMap((line) => readFrame(line) ?? []).slice(0, maxFrames)
    return frames.length === 0 ? undefined : frames
  },
} as const

export type ErrorMaskers = { readonly [K in keyof typeof errorMaskers]: (...values: unknown[]) => unknown }

export function describeError(error: unknown, maskers: ErrorMaskers = errorMaskers, depth = 0): ErrorFacts {
  if (!(error instanceof Error)) return { class: typeof error }
  const code = maskers.thrownCode((error as { readonly code?: unknown }).code)
  const at = maskers.errorStack(error.stack, error.message)
  const cause =
    depth < maxDepth && error.cause !== undefined ? describeError(error.cause, maskers, depth + 1) : undefined
  const siblings = depth < maxDepth && error instanceof AggregateError ? error.errors.slice(0, maxSiblings) : []
  return {
    class: maskers.errorClass(error.constructor?.name),
    ...(code === undefined ? {} : { code }),
    ...(at === undefined ? {} : { at }),
    ...(cause === undefined ? {} : { cause }),
    ...(siblings.length === 0 ? {} : { errors: siblings.map((each) => describeError(each, maskers, depth + 1)) }),
  }
}

function readFrame(line: string): string | undefined {
  const match = /^ {4}at (?:[^()]*\()?((?:node:|(?:file:\/\/)?\/)[\w./@+-]+):(\d+):\d+\)?$/.exec(line)
  if (match === null) return undefined
  const path = match[1] ?? ''
  return `${path.startsWith('node:') ? path : path.split('/').slice(-3).join('/')}:${match[2]}`
}

import type { Call } from '../../src/circulation/ports.ts'

/** A call whose deadline is far away. */
export const makeCall = (changes: Partial<Call> = {}): Call => ({
  id: 'message-1',
  priority: 'patron',
  signal: new AbortController().signal,
  deadline: performance.now() + 60_000,
  machine: 'kiosk',
  ...changes,
})

/** Counts how often it is called and answers from a list, the last answer again and again. */
export function answers<T>(...list: T[]): (() => Promise<T>) & { calls: number } {
  const answer = async () => {
    const at = Math.min(answer.calls, list.length - 1)
    answer.calls += 1
    return list[at] as T
  }
  answer.calls = 0
  return answer
}

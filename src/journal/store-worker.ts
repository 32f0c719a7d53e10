/**
 * The thread of the store: opens the file that it was given and does what it is asked, one after the other. It ends when
 * the file could not be opened or was closed.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { toJournalError } from './fault.ts'
import { type Answered, type Asked, openingId } from './store-messages.ts'
import { Store, type StoreOptions } from './store.ts'

function answer(id: number, work: () => unknown): void {
  let answered: Answered
  try {
    answered = { id, fault: undefined, value: work() }
  } catch (error) {
    answered = { id, fault: toJournalError(error).code, value: undefined }
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(answered)
}

let store: Store | undefined

answer(openingId, () => {
  store = new Store(workerData as StoreOptions)
})

parentPort?.on('message', ({ id, method, parameters }: Asked) => {
  answer(id, () => {
    const work = store?.[method] as ((...given: readonly unknown[]) => unknown) | undefined
    return work?.apply(store, [...parameters])
  })
  if (method === 'close') parentPort?.close()
})

if (store === undefined) parentPort?.close()

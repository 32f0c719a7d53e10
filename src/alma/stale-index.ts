/**
 * A refusal that can be premature: for a few seconds after a loan Alma's index lacks the copies of the title, and a
 * request is refused with the code that stands for every "no" of the terms of use. So that code is believed at once only
 * when nothing speaks against it.
 */
import type { ItemIds, Loan } from '../circulation/model.ts'
import { unavailable } from '../circulation/outcome.ts'
import type { Call, Clock } from '../circulation/ports.ts'
import { type AlmaClient, reading } from './client.ts'
import { noItemFulfils } from './errors.ts'
import { itemSegments, itemTemplate } from './item-ids.ts'
import { readList, readStatus } from './json.ts'
import { LruCache } from './lru.ts'
import { type NoAnswer, noAnswer, type Reply } from './verdict.ts'

/** What a request is on. */
export type RequestTarget = { readonly titleId: string } | ItemIds

const firstPauseMs = 500
const longestPauseMs = 2_000
/** What the last attempt and the reply to the machine are left, before the deadline. */
const reserveMs = 1_000

export class StaleIndex {
  readonly #client: AlmaClient
  readonly #clock: Clock
  readonly #staleMs: number
  /** To whom a copy of a title was lent last. */
  readonly #lent: LruCache<string>

  constructor(client: AlmaClient, staleMs: number, clock: Clock) {
    this.#client = client
    this.#clock = clock
    this.#staleMs = staleMs
    this.#lent = new LruCache({ entries: 10_000, ttlMs: staleMs, now: () => clock.monotonic() })
  }

  /** A copy was lent just now. */
  noteLoan({ itemIds, patronId }: Loan): void {
    if (itemIds !== undefined && this.#staleMs > 0) this.#lent.set(itemIds.titleId, patronId)
  }

  /**
   * Sends a request, and sends it again while it is refused and the refusal may be premature. A refusal changed nothing,
   * so that this is safe. Where the deadline ends the waiting, trying again later is the right advice.
   */
  async outlast(
    request: { readonly patronId: string; readonly target: RequestTarget; readonly send: () => Promise<Reply> },
    call: Call,
  ): Promise<Reply> {
    let reply = await request.send()
    if (this.#staleMs <= 0 || !isRefusal(reply)) return reply
    const tooLate = noAnswer(noItemFulfils, unavailable('timeout', reply.outcome.evidence))
    const since = this.#clock.monotonic()
    if (!(await this.#isPremature(request.patronId, request.target, call))) return reply
    for (let pauseMs = firstPauseMs; isRefusal(reply); pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const now = this.#clock.monotonic()
      if (now - since >= this.#staleMs) return reply
      if (now + pauseMs + reserveMs > call.deadline) return tooLate
      await this.#clock.sleep(pauseMs, call.signal)
      if (call.signal.aborted) return tooLate
      reply = await request.send()
    }
    return reply
  }

  /**
   * A title that was lent here to somebody else a moment ago costs no call; else Alma is asked whether it offers what it
   * refused.
   */
  async #isPremature(patronId: string, target: RequestTarget, call: Call): Promise<boolean> {
    const borrower = this.#lent.get(target.titleId)
    if (borrower !== undefined && borrower !== patronId) return true
    const options = await this.#client.send(
      reading({
        operation: 'hold-options',
        template: `${'itemId' in target ? itemTemplate : '/bibs/{mms_id}'}/request-options`,
        segments: 'itemId' in target ? itemSegments(target) : { mms_id: target.titleId },
        query: { user_id: patronId },
      }),
      call,
    )
    if (options.kind !== 'done') return false
    return readList(options.value.body['request_option']).some((option) => readStatus(option['type']) === 'HOLD')
  }
}

const isRefusal = (reply: Reply): reply is NoAnswer => reply.kind !== 'done' && reply.code === noItemFulfils

/**
 * A refusal that can be premature: for a few seconds after a loan Alma's index lacks the copies of the title, and a
 * request is refused with the code that stands for every "no" of the terms of use. So that code is believed at once only
 * when nothing speaks against it: neither what went through here a moment ago, nor Alma's own list of loans.
 */
import type { ItemIds, Loan } from '../circulation/model.ts'
import { refused } from '../circulation/outcome.ts'
import type { Call, Clock } from '../circulation/ports.ts'
import { type AlmaClient, reading } from './client.ts'
import { noItemFulfils } from './errors.ts'
import { itemSegments, itemTemplate } from './item-ids.ts'
import { readList, readObject, readStatus, readText } from './json.ts'
import { LruCache } from './lru.ts'
import { readInstant } from './time.ts'
import { type NoAnswer, noAnswer, type Reply } from './verdict.ts'

/** What a request is on. */
export type RequestTarget = { readonly titleId: string } | ItemIds

interface Wish {
  readonly patronId: string
  readonly target: RequestTarget
}

/** A loan or a return that went through here. */
interface Moved {
  /** Of the patron who has it now, as they were named and as Alma names them; none after a return. */
  readonly borrower: readonly string[]
  readonly at: number
}

const firstPauseMs = 500
const longestPauseMs = 2_000
/** What the last attempt and the reply to the machine are left, before the deadline. */
const reserveMs = 1_000

const longAgo = Number.NEGATIVE_INFINITY

export class StaleIndex {
  readonly #client: AlmaClient
  readonly #clock: Clock
  readonly #staleMs: number
  /** The last loan or return of a copy, by title. */
  readonly #moved: LruCache<Moved>

  constructor(client: AlmaClient, staleMs: number, clock: Clock) {
    this.#client = client
    this.#clock = clock
    this.#staleMs = staleMs
    this.#moved = new LruCache({ entries: 10_000, ttlMs: staleMs, now: () => clock.monotonic() })
  }

  /** @param patron the identifier by which the borrower was named */
  noteLoan({ itemIds, patronId }: Loan, patron: string): void {
    if (itemIds !== undefined) this.#note(itemIds.titleId, [patron, patronId])
  }

  noteReturn(titleId: string): void {
    this.#note(titleId, [])
  }

  #note(titleId: string, borrower: readonly string[]): void {
    if (this.#staleMs > 0) this.#moved.set(titleId, { borrower, at: this.#clock.monotonic() })
  }

  /**
   * Sends a request, and sends it again while it is refused and the refusal may be premature. A refusal changed nothing,
   * so that this is safe. Whether the index or the deadline ends the waiting, Alma's last word is the answer.
   */
  async outlast(wish: Wish, send: () => Promise<Reply>, call: Call): Promise<Reply> {
    const first = await send()
    if (this.#staleMs <= 0 || !isRefusal(first)) return first
    const staleUntil = await this.#staleUntil(wish, call)
    if (staleUntil === undefined) return first
    if (staleUntil > this.#clock.monotonic()) return this.#sendUntil(staleUntil, first, send, call)
    return (await this.#isOffered(wish, call)) ? placeRefused(first) : first
  }

  async #sendUntil(staleUntil: number, first: NoAnswer, send: () => Promise<Reply>, call: Call): Promise<Reply> {
    const end = Math.min(staleUntil, call.deadline - reserveMs)
    let reply: Reply = first
    let leftMs = end - this.#clock.monotonic()
    for (let pauseMs = firstPauseMs; leftMs > 0; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await this.#clock.sleep(Math.min(pauseMs, leftMs), call.signal)
      if (call.signal.aborted) return reply
      reply = await send()
      if (!isRefusal(reply)) return reply
      // An attempt at the very end was the last one, whatever the timer made of the pause.
      leftMs = pauseMs >= leftMs ? 0 : end - this.#clock.monotonic()
    }
    return reply
  }

  /**
   * Until when the index may lack the title for this patron, on our clock; undefined when that could not be learnt. What
   * went through here costs no call, else Alma is asked for the latest loan of a copy [Alma bibs: loans].
   */
  async #staleUntil({ patronId, target }: Wish, call: Call): Promise<number | undefined> {
    const moved = this.#moved.get(target.titleId)
    if (moved !== undefined) return moved.borrower.includes(patronId) ? longAgo : moved.at + this.#staleMs
    const request = reading({
      operation: 'loans',
      template: '/bibs/{mms_id}/loans',
      segments: { mms_id: target.titleId },
      query: { loan_status: 'Active', order_by: 'loan_date', direction: 'DESC', limit: '1' },
    })
    const reply = await this.#client.send(request, call)
    if (reply.kind !== 'done') return undefined
    const latest = readObject(readList(reply.value.body['item_loan'])[0])
    const lentAt = readInstant(latest['loan_date'])
    if (lentAt === undefined || readText(latest['user_id']) === patronId) return longAgo
    const ageMs = Math.max(0, this.#client.time.now().getTime() - lentAt.getTime())
    return this.#clock.monotonic() + this.#staleMs - ageMs
  }

  /** Whether Alma offers the patron a request for what it refuses [Alma bibs: request-options]. */
  async #isOffered({ patronId, target }: Wish, call: Call): Promise<boolean> {
    const request = reading({
      operation: 'hold-options',
      template: `${'itemId' in target ? itemTemplate : '/bibs/{mms_id}'}/request-options`,
      segments: 'itemId' in target ? itemSegments(target) : { mms_id: target.titleId },
      query: { user_id: patronId },
    })
    const reply = await this.#client.send(request, call)
    if (reply.kind !== 'done') return false
    return readList(reply.value.body['request_option']).some((option) => readStatus(option['type']) === 'HOLD')
  }
}

export const isRefusal = (reply: Reply): reply is NoAnswer => reply.kind !== 'done' && reply.code === noItemFulfils

/** For a refusal that has one cause left: Alma offers the request, and its offer does not know where it is to be fetched. */
export const placeRefused = ({ code, outcome }: NoAnswer): NoAnswer =>
  noAnswer(code, refused('pickup-location-unknown', '', outcome.evidence))

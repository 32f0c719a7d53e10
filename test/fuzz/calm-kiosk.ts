/** A machine that does nothing wrong, beside all that do: it makes one visit after the other and is never refused. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestBridge } from '../helpers/bridge.ts'
import * as sip2 from '../helpers/raw-sip2.ts'
import { patienceMs } from './outcomes.ts'
import type { Holding } from './world.ts'

const pauseMs = 20

export class CalmKiosk {
  readonly #bridge: TestBridge
  readonly #holding: Holding
  #stopping = false
  visits = 0
  slowestMs = 0
  fault: string | undefined

  constructor(bridge: TestBridge, holding: Holding) {
    this.#bridge = bridge
    this.#holding = holding
  }

  /** Serves itself until it is stopped or finds a fault. */
  async run(): Promise<void> {
    const { card, lastName, items } = this.#holding
    const item = items[0] ?? ''
    try {
      while (!this.#stopping) {
        // Each visit on a connection of its own, so that logging in is never kept from it either.
        const kiosk = await this.#bridge.logIn('kiosk')
        const visit: readonly (readonly [string, RegExp])[] = [
          [sip2.status, /^98Y/],
          [sip2.patronInformation(card), new RegExp(`^64.*AE[^|]*${lastName}`)],
          [sip2.checkout(card, item), /^121/],
          [sip2.checkin(item), /^101/],
          [sip2.endSession(card), /^36Y/],
        ]
        for (const [request, good] of visit) {
          const began = performance.now()
          const { line } = await kiosk.ask(request)
          this.slowestMs = Math.max(this.slowestMs, performance.now() - began)
          if (!good.test(line))
            throw new Error(`a ${request.slice(0, 2)} of the calm kiosk was answered with ${line.slice(0, 3)}`)
        }
        kiosk.destroy()
        this.visits += 1
        await sleep(pauseMs)
      }
      if (this.slowestMs > patienceMs) throw new Error('the calm kiosk had to wait longer than it may')
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error)
    }
  }

  stop(): void {
    this.#stopping = true
  }
}

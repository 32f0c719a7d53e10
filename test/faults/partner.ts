import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request as requestHttp } from 'undici'
import { unknownEndDetail } from '../../src/ncip/problem.ts'
import { type NcipAnswer, problemIn, readAnswer, request, textAt } from '../helpers/ncip.ts'
import type { Operation, Operations, Told } from './operation.ts'
import type { Random } from './random.ts'

export interface PartnerParts {
  /** Name in the bridge's configuration, and agency id. */
  readonly name: string
  readonly port: number
  readonly random: Random
  readonly operations: Operations
  readonly patienceMs: number
  readonly retries: number
}

/** A partner's system over HTTP that posts the same message again when no answer comes. */
export class Partner {
  readonly name: string
  readonly #parts: PartnerParts
  readonly #agent = new Agent({ connections: 1, pipelining: 0 })

  constructor(parts: PartnerParts) {
    this.name = parts.name
    this.#parts = parts
  }

  /** @returns the id of the request that the answer names, or an empty text */
  async perform(operation: Operation, service: string, content: string): Promise<string> {
    const message = request(service, content, { from: this.name, to: '01DEMO_INST' })
    const { retries, random } = this.#parts
    for (let attempt = 0; attempt <= retries; attempt += 1) {
      operation.sent += 1
      const answer = await this.#post(message)
      if (answer !== undefined) {
        operation.told = this.#read(operation, service, answer)
        return textAt(answer.body, 'RequestId/RequestIdentifierValue') ?? ''
      }
      await sleep(random.between(200, 800))
    }
    return ''
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #post(message: string): Promise<NcipAnswer | undefined> {
    const { port, patienceMs } = this.#parts
    try {
      const response = await requestHttp(`http://127.0.0.1:${port}/ncip`, {
        dispatcher: this.#agent,
        method: 'POST',
        headers: { 'content-type': 'application/xml; charset=utf-8' },
        body: message,
        signal: AbortSignal.timeout(patienceMs),
      })
      return { status: response.statusCode, ...readAnswer(await response.body.text()) }
    } catch {
      return undefined
    }
  }

  #read({ number }: Operation, service: string, answer: NcipAnswer): Told {
    if (answer.body.name !== `${service}Response`) {
      this.#parts.operations.wrongReplies.push(`${this.name}, operation ${number}: ${answer.body.name}`)
      return 'nothing'
    }
    const problem = problemIn(answer)
    if (problem === undefined) return 'yes'
    return problem.detail === unknownEndDetail ? 'unknown' : 'no'
  }
}

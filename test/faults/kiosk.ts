import { setTimeout as sleep } from 'node:timers/promises'
import { readAnswer, replyCodes } from '../errands/answer.ts'
import type { Errand } from '../errands/errand.ts'
import { appendChecksum } from '../helpers/checksum.ts'
import { type RawReply, login, readReply } from '../helpers/raw-sip2.ts'
import { Line } from './line.ts'
import type { Operation, Operations, Told } from './operation.ts'
import type { Random } from './random.ts'

export interface KioskParts {
  readonly name: string
  readonly password: string
  readonly port: number
  readonly random: Random
  readonly operations: Operations
  /** How long it waits for an answer before it asks again on a new connection. */
  readonly patienceMs: number
  /** How often it asks again. */
  readonly retries: number
  readonly paysByAmount: boolean
}

/** Longest time that a kiosk tries to get a connection, before it shows that it is out of order. */
const connectingMs = 20_000

/** A self-service machine as they are built: one request at a time, and the same once more when no answer comes. */
export class Kiosk {
  readonly name: string
  /** Its payments go to the fee of just that amount when it names none. */
  readonly paysByAmount: boolean
  readonly #parts: KioskParts
  #line: Line | undefined
  #sequence = 0

  constructor(parts: KioskParts) {
    this.name = parts.name
    this.paysByAmount = parts.paysByAmount
    this.#parts = parts
  }

  /** Sends an operation until an answer comes or the retries are used up, and notes what the machine was told. */
  async perform(operation: Operation, request: string): Promise<Told> {
    const { random } = this.#parts
    operation.told = await this.#ask(operation, request)
    // Some machines try once more after a restart of theirs, when they were told that nobody knows.
    if (operation.told === 'unknown' && random.chance(0.5)) {
      this.disconnect()
      const again = await this.#ask(operation, request)
      if (again !== 'nothing') operation.told = again
    }
    return operation.told
  }

  /** Performs an errand, which then knows what the machine was told. */
  async run(errand: Errand, stamp: string): Promise<Told> {
    const { kind, patron, item, minor } = errand
    const about = { ...(patron && { patron }), ...(item && { item }), ...(minor !== undefined && { minor }) }
    const operation = this.#parts.operations.begin({ machine: this.name, kind, ...about, errand })
    const told = await this.perform(operation, errand.write(stamp))
    errand.sent = operation.sent
    errand.told = told === 'nothing' ? undefined : told
    return told
  }

  /** Sends a question once; what comes back does not matter. */
  async ask(request: string): Promise<void> {
    const line = await this.#connected()
    this.#sequence = (this.#sequence + 1) % 10
    const reply = await line?.ask(`${appendChecksum(request, this.#sequence)}\r`, this.#parts.patienceMs)
    if (reply === undefined) this.disconnect()
  }

  disconnect(): void {
    this.#line?.destroy()
    this.#line = undefined
  }

  async #ask(operation: Operation, request: string): Promise<Told> {
    const { retries, random, patienceMs } = this.#parts
    for (let attempt = 0; attempt <= retries; attempt += 1) {
      const line = await this.#connected()
      if (line === undefined) break
      this.#sequence = (this.#sequence + 1) % 10
      operation.sent += 1
      const reply = await line.ask(`${appendChecksum(request, this.#sequence)}\r`, patienceMs)
      const told = reply === undefined ? 'nothing' : this.#read(operation, request, reply)
      if (told !== 'nothing') return told
      this.disconnect()
      await sleep(random.between(20, 300))
    }
    return 'nothing'
  }

  #read(operation: Operation, request: string, text: string): Told {
    let reply: RawReply
    try {
      reply = readReply(text)
    } catch (error) {
      this.#complain(operation, error instanceof Error ? error.message : String(error))
      return 'nothing'
    }
    if (reply.code === '96') return 'nothing'
    const sequence = /AY(\d)AZ/.exec(text)?.[1]
    const fits =
      reply.code === replyCodes[request.slice(0, 2)] &&
      sequence === String(this.#sequence) &&
      (operation.item === undefined || reply.get('AB') === operation.item)
    if (!fits) {
      this.#complain(operation, `a ${request.slice(0, 2)} was answered with ${reply.code}`)
      return 'nothing'
    }
    if (operation.errand) operation.errand.reply = reply
    return readAnswer(reply)
  }

  #complain({ number }: Operation, what: string): void {
    this.#parts.operations.wrongReplies.push(`${this.name}, operation ${number}: ${what}`)
  }

  async #connected(): Promise<Line | undefined> {
    const { port, password, random, patienceMs } = this.#parts
    const giveUpAt = performance.now() + connectingMs
    while (performance.now() < giveUpAt) {
      if (this.#line?.open) return this.#line
      const line = await Line.open(port)
      if (line !== undefined && (await line.ask(`${login(this.name, password)}\r`, patienceMs)) === '941') {
        this.#line = line
        return line
      }
      line?.destroy()
      await sleep(random.between(50, 200))
    }
    return undefined
  }
}

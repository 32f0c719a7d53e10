/** A machine as they are: impatient, forgetful, and stubborn. It does one thing after the other. */
import type { RawReply } from '../helpers/raw-sip2.ts'
import { readAnswer } from '../errands/answer.ts'
import type { Errand } from '../errands/errand.ts'
import type { Errands } from './errands.ts'
import type { FaultCount } from './fault-count.ts'
import type { Deed, Floor } from './floor.ts'
import type { LawBook } from './laws.ts'
import { type Asked, Line } from './line.ts'
import type { Random } from './random.ts'
import { itemInformation, loginLine, patronInformation, stampOf, statusLine, writeDeed } from './requests.ts'
import type { Scheduler } from './scheduler.ts'
import type { Weather } from './weather.ts'
import type { Wire } from './wire.ts'

export interface KioskParts {
  readonly name: string
  readonly scheduler: Scheduler
  readonly random: Random
  readonly floor: Floor
  readonly errands: Errands
  /** Its payments go to the fee of just that amount, and patrons pay their fees elsewhere. */
  readonly paysByAmount: boolean
  readonly laws: LawBook
  readonly faults: FaultCount
  weather(): Weather
  /** Undefined while nobody listens. */
  connect(): Wire | undefined
}

const mostAttempts = 5
/** How often what was done is taken back at once. */
const cancelShare = 0.06

type Task = Deed | Errand

export class Kiosk {
  readonly #parts: KioskParts
  /** Some machines count on, some never change, some send none. */
  readonly #errorDetection: 'counting' | 'fixed' | 'none'
  readonly #patienceMs: number
  #sequence = 0
  #line: Line | undefined
  /** What is under way. */
  #current: Task | undefined
  operations = 0

  constructor(parts: KioskParts) {
    this.#parts = parts
    this.#errorDetection = parts.random.pick(['counting', 'counting', 'counting', 'fixed', 'none'])
    this.#patienceMs = parts.random.pick([4_000, 6_000, 10_000, 15_000])
  }

  /** Works through so many deeds, or until the end of the day. */
  async work(deeds: number, untilMs: number): Promise<void> {
    const { scheduler, random } = this.#parts
    for (let done = 0; done < deeds && scheduler.now < untilMs; done += 1) {
      await scheduler.sleep(random.delay(3000, 40_000, 0.15), 'patron steps up')
      if (random.chance(this.#parts.weather().kiosks.offline)) await this.#workOffline()
      else if (random.chance(0.25)) await this.#askSomething()
      else if (random.chance(this.#parts.errands.share)) await this.#runErrand()
      else {
        const deed = this.#draw(false)
        if (deed) await this.#do(deed)
      }
    }
    await this.#leave()
  }

  #draw(reported: boolean): Deed | undefined {
    const { floor, name, scheduler, paysByAmount } = this.#parts
    return floor.draw(name, scheduler.now, { reported, pays: !paysByAmount })
  }

  async #do(deed: Deed): Promise<void> {
    const { floor, random, scheduler } = this.#parts
    await this.#performDeed(deed)
    const mayFail = deed.told === 'yes' && (deed.kind === 'checkout' || deed.kind === 'checkin')
    if (mayFail && random.chance(cancelShare)) await this.#performDeed(floor.drawCancelOf(deed, scheduler.now))
  }

  async #performDeed(deed: Deed): Promise<void> {
    const { floor, scheduler } = this.#parts
    await this.#perform(deed, writeDeed(deed))
    floor.end(deed, scheduler.now)
  }

  async #runErrand(): Promise<void> {
    const { errands, scheduler, paysByAmount } = this.#parts
    const errand = errands.draw({ paysByAmount }, scheduler.now)
    if (!errand) return
    await this.#perform(errand, errand.write(stampOf(scheduler.now)))
    errands.end(errand, scheduler.now)
  }

  /** Goes on alone for a while, and reports it when the connection is back. */
  async #workOffline(): Promise<void> {
    const { scheduler, random, faults } = this.#parts
    faults.add('machine off line')
    this.#hangUp()
    const done: Deed[] = []
    for (let left = random.integer(1, 4); left > 0; left -= 1) {
      await scheduler.sleep(random.between(1500, 10_000), 'alone')
      const deed = this.#draw(true)
      if (deed) done.push(deed)
    }
    for (const deed of done) await this.#performDeed(deed)
  }

  async #askSomething(): Promise<void> {
    const { random, floor, scheduler } = this.#parts
    const { now } = scheduler
    const line = random.pick([
      patronInformation(`2900000000${random.integer(1, 6)}`, now),
      itemInformation(random.pick(floor.things).barcode, now),
      statusLine,
    ])
    const connection = await this.#connected()
    if (!connection) return
    connection.send(this.#asked(line, {}))
    await this.#awaitAll(connection)
  }

  async #perform(task: Task, text: string): Promise<void> {
    const { scheduler, random } = this.#parts
    this.#current = task
    this.operations += 1
    let asked = this.#asked(text, task)
    scheduler.note(`${nameOf(task)} ${text.replaceAll(/AO\w+\|/g, '')}`)
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const before = this.#line
      const line = await this.#connected()
      if (!line) break
      if (line !== before && random.chance(0.5)) asked = this.#asked(text, task)
      await this.#ask(line, asked, task)
      if (task.told !== undefined) break
    }
    if (this.#line?.owes(task)) await this.#awaitAll(this.#line)
    this.#current = undefined
    scheduler.note(`${nameOf(task)} ends, told ${task.told ?? 'nothing'}`)
  }

  /** Sends and waits; asks for the reply again, sends again or hangs up when it does not come. */
  async #ask(line: Line, asked: Asked, task: Task): Promise<void> {
    const { random, faults } = this.#parts
    const { cut, garbled, impatient } = this.#parts.weather().kiosks
    const isGarbled = asked.sequence !== undefined && random.chance(garbled)
    if (isGarbled) faults.add('request garbled')
    this.#send(line, asked, task, isGarbled)
    if (random.chance(cut)) {
      faults.add('connection cut')
      this.#parts.scheduler.after(random.between(0, 4000), 'cut', () => line.wire.cut(), 'world')
    }
    for (let waits = 0; waits < 4; waits += 1) {
      const patience = random.chance(impatient) ? random.between(300, 3000) : this.#patienceMs
      const heard = await line.hear(patience)
      if (heard.kind === 'reply' && task.told !== undefined) return
      if (heard.kind === 'closed') {
        this.#hangUp()
        return
      }
      if (heard.kind === 'asked again') this.#send(line, asked, task, false)
      else if (heard.kind === 'timeout') {
        const next = random.next()
        if (next < 0.25 && asked.sequence !== undefined) {
          faults.add('97')
          line.sendAgain({ ...asked, subject: nobody })
        } else if (next < 0.65) {
          faults.add('request repeated')
          this.#send(line, asked, task, false)
        } else {
          faults.add('hung up')
          this.#hangUp()
          return
        }
      }
    }
    this.#hangUp()
  }

  #send(line: Line, asked: Asked, task: Task, garbled: boolean): void {
    task.sent += 1
    // What it was told before is no longer the last word.
    task.told = undefined
    line.send(asked, garbled)
  }

  /** Late replies count as long as the machine is at the same task. */
  #hear(reply: RawReply, subject: object): void {
    const task = this.#current
    if (task === undefined || subject !== task) return
    task.told = readAnswer(reply)
    if ('reply' in task) task.reply = reply
    const why = task.told === 'no' ? reply.all('AF').join(' ') : ''
    this.#parts.scheduler.note(`${nameOf(task)} told ${task.told} ${why}`)
  }

  /** Replies to all that was sent, or the end of the connection. */
  async #awaitAll(line: Line): Promise<void> {
    while (line.owed > 0) {
      const heard = await line.hear(this.#patienceMs * 2)
      if (heard.kind === 'closed' || heard.kind === 'timeout') {
        if (this.#current && line.owes(this.#current)) this.#current.told = undefined
        this.#hangUp()
        return
      }
    }
  }

  /** A connection that is logged in; undefined when the machine gives up. */
  async #connected(): Promise<Line | undefined> {
    const { scheduler, random, laws, name } = this.#parts
    if (this.#line && !this.#line.wire.ended) return this.#line
    for (let tries = 0; tries < 12; tries += 1) {
      const wire = this.#parts.connect()
      if (wire) {
        const line = new Line(wire, { scheduler, laws, onReply: (reply, subject) => this.#hear(reply, subject) })
        line.send({ line: loginLine(name), sequence: undefined, subject: nobody })
        const heard = await line.hear(this.#patienceMs)
        if (heard.kind === 'reply' && heard.reply.fixed === '1') {
          this.#line = line
          return line
        }
        wire.cut()
      }
      await scheduler.sleep(random.between(300, 3000), 'kiosk waits to connect')
    }
    return undefined
  }

  #asked(line: string, subject: object): Asked {
    if (this.#errorDetection === 'counting') this.#sequence = (this.#sequence + 1) % 10
    return { line, subject, sequence: this.#errorDetection === 'none' ? undefined : this.#sequence }
  }

  #hangUp(): void {
    if (this.#current && this.#line?.owes(this.#current)) this.#current.told = undefined
    this.#line?.wire.cut()
    this.#line = undefined
  }

  /** Ends its side in good order; what it sent is still answered. */
  async #leave(): Promise<void> {
    const line = this.#line
    if (!line || line.wire.ended) return
    line.wire.end()
    await this.#awaitAll(line)
  }
}

const nobody = {}

const nameOf = (task: Task): string => ('number' in task ? `deed ${task.number}` : `errand ${task.kind}`)

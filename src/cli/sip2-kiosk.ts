/** A terminal with somebody at it: connects when it must, logs in, and runs one errand after the other. */
import { formatDate } from '../sip2/dates.ts'
import { request } from '../sip2/message.ts'
import { type ExitCode, exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'
import { type Exchange, Sip2Client, Sip2ClientError, type Sip2ClientOptions } from './sip2-client.ts'
import type { TerminalFacts } from './sip2-message-table.ts'
import type { Errand } from './sip2-messages.ts'
import { judgeReply } from './sip2-verdict.ts'

export interface KioskSettings {
  readonly connection: Sip2ClientOptions
  /** Logged in with before the first errand of a connection. */
  readonly user: string | undefined
  readonly password: string | undefined
  /** Whether a 99 follows the log-in. */
  readonly status: boolean
  /** Zone of the clock that the terminal writes its dates by. */
  readonly timeZone: string
  readonly facts: Omit<TerminalFacts, 'now'>
}

/** One exchange and what it means. */
export interface Spoken {
  readonly exchange: Exchange
  readonly exitCode: ExitCode
}

export type AskSecret = (question: string) => Promise<string>

export class Kiosk {
  readonly #settings: KioskSettings
  readonly #askSecret: AskSecret
  #client: Sip2Client | undefined

  constructor(settings: KioskSettings, askSecret: AskSecret) {
    this.#settings = settings
    this.#askSecret = askSecret
  }

  /**
   * Runs an errand and gives every exchange that it took: the last one is its own, or the log-in that was refused.
   * Rejects with a `Sip2ClientError` when there is no reply; the next errand then connects anew.
   */
  async perform(errand: Errand): Promise<readonly Spoken[]> {
    try {
      return await this.#perform(errand)
    } catch (error) {
      if (error instanceof Sip2ClientError && error.kind !== 'protocol') await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    await client?.close()
  }

  async #perform(errand: Errand): Promise<readonly Spoken[]> {
    const before = this.#client === undefined ? await this.#open(errand) : []
    return this.#client === undefined ? before : [...before, await this.#run(errand, this.#client)]
  }

  /** Connects and does what a terminal does first, unless that is the errand itself. No client when it was refused. */
  async #open(errand: Errand): Promise<readonly Spoken[]> {
    const { connection, user, status } = this.#settings
    const logsIn = user !== undefined && errand.kind !== 'login'
    const password = logsIn ? await this.#passwordOf(user) : ''
    const client = await Sip2Client.connect(connection)
    this.#client = client
    const spoken: Spoken[] = []
    if (logsIn) spoken.push(await this.#login(client, user, password))
    if (spoken.some(({ exitCode }) => exitCode !== exitCodes.done)) await this.close()
    else if (status) spoken.push(judge(await client.exchange(statusRequest)))
    return spoken
  }

  async #run(errand: Errand, client: Sip2Client): Promise<Spoken> {
    switch (errand.kind) {
      case 'line':
        return judge(await client.exchangeLine(errand.line, { complete: errand.complete }))
      case 'login': {
        const user = errand.user ?? this.#settings.user
        if (user === undefined) throw new CommandFailure(exitCodes.usage, 'Log in as whom? Name the user.')
        return this.#login(client, user, await this.#passwordOf(user))
      }
      case 'request': {
        const pin = errand.pin === true ? await this.#askSecret('PIN: ') : errand.pin
        const { facts, timeZone } = this.#settings
        return judge(await client.exchange(errand.make({ ...facts, now: formatDate(new Date(), timeZone) }, pin)))
      }
    }
  }

  async #passwordOf(user: string): Promise<string> {
    const { user: known, password } = this.#settings
    return user === known && password !== undefined ? password : this.#askSecret(`Password of ${user}: `)
  }

  async #login(client: Sip2Client, user: string, password: string): Promise<Spoken> {
    return judge(await client.login(user, password, this.#settings.facts.location || undefined))
  }
}

const statusRequest = request('99', { statusCode: '0', maxPrintWidth: 40, protocolVersion: '2.00' }, {})

function judge(exchange: Exchange): Spoken {
  return { exchange, exitCode: judgeReply(exchange.reply, exchange.request?.code) }
}

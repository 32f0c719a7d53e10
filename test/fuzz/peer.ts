/** A socket that writes what a case says and keeps everything that comes. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ending } from './judge.ts'
import { patienceMs } from './outcomes.ts'
import type { Piece } from './sip2-cases.ts'

export interface Address {
  readonly port: number
  readonly localAddress: string
}

export interface Script {
  readonly pieces: readonly Piece[]
  readonly finish: 'end' | 'tear' | 'wait'
  /** Whether all that is owed has come. */
  isComplete(received: Buffer): boolean
}

export interface Told {
  readonly sent: Buffer
  readonly received: Buffer
  readonly ending: Ending
}

export async function play({ port, localAddress }: Address, script: Script): Promise<Told> {
  const socket = connect({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true, noDelay: true })
  const chunks: Buffer[] = []
  let closed = false
  let wake = (): void => {}
  const note = (): void => wake()
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    note()
  })
  const noteEnd = (): void => {
    closed = true
    note()
  }
  for (const event of ['end', 'error', 'close']) socket.on(event, noteEnd)

  /** Resolves at the next byte or end; false when neither came in time. */
  const more = (): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => resolve(false), patienceMs)
    wake = () => resolve(true)
    return promise.finally(() => clearTimeout(timer))
  }
  const tell = (ending: Ending, sent: number): Told => {
    socket.destroy()
    const everything = Buffer.concat(script.pieces.map(({ bytes }) => bytes))
    return { sent: everything.subarray(0, sent), received: Buffer.concat(chunks), ending }
  }

  let sent = 0
  for (const { bytes, pauseMs } of script.pieces) {
    if (closed) break
    await write(socket, bytes)
    sent += bytes.length
    if (pauseMs > 0) await sleep(pauseMs)
  }
  if (script.finish === 'tear') {
    socket.resetAndDestroy()
    return tell('torn', sent)
  }
  while (!closed && (script.finish === 'wait' || !script.isComplete(Buffer.concat(chunks)))) {
    if (!(await more())) return tell('silence', sent)
  }
  const endedByThem = closed && !script.isComplete(Buffer.concat(chunks))
  if (script.finish === 'wait' || endedByThem) return tell('theirs', sent)
  // Whatever comes now was not owed.
  socket.end()
  while (!closed) if (!(await more())) return tell('silence', sent)
  return tell('ours', sent)
}

/** Resolves when the bytes are with the system, or when there is nobody left to take them. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (bytes.length === 0) return Promise.resolve()
  return new Promise((resolve) => socket.write(bytes, () => resolve()))
}

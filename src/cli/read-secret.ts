/** Passwords and PINs from people and from programs, never echoed. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'

const longestSecretBytes = 4096

/** Asks on the terminal. Fails where there is none: `otherwise` says what to do there. */
export async function askSecret(question: string, otherwise: string): Promise<string> {
  if (process.stdin.isTTY !== true) {
    throw new CommandFailure(exitCodes.usage, `Nobody can be asked here, since the input is no terminal: ${otherwise}`)
  }
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 })
  const interrupted = new Promise<never>((_, reject) => {
    terminal.once('SIGINT', () => reject(new CommandFailure(exitCodes.interrupted, '')))
    terminal.once('close', () => reject(new CommandFailure(exitCodes.interrupted, '')))
  })
  process.stderr.write(question)
  try {
    return await Promise.race([terminal.question(''), interrupted])
  } finally {
    terminal.close()
    process.stderr.write('\n')
    interrupted.catch(() => undefined)
  }
}

/** All of the standard input as one line, without its line break. */
export async function readSecretFromStdin(): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestSecretBytes) throw new CommandFailure(exitCodes.usage, 'The standard input is too long.')
    chunks.push(chunk)
  }
  const secret = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
  if (secret === '') throw new CommandFailure(exitCodes.usage, 'The standard input is empty.')
  if (/[\r\n]/.test(secret)) throw new CommandFailure(exitCodes.usage, 'The standard input has more than one line.')
  return secret
}

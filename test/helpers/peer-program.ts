/** A program of somebody else that listens at a port, for one test. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'

/** For the `skip` of a test; what Debian calls the package. */
export function withoutProgram(command: string, versionOption: string, debianPackage: string): string | false {
  const { error } = spawnSync(command, [versionOption])
  return error === undefined ? false : `${command} is not here (Debian's ${debianPackage})`
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Runs until the test ends; resolves when it takes connections, rejects with what it said when it ends before. */
export async function runProgram(t: Test, command: string, parameters: readonly string[], port: number): Promise<void> {
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] } })
  let said = ''
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => (said += chunk.toString()))
  let ended = false
  const exit = once(child, 'close').then(() => (ended = true))
  t.teardown(async () => {
    child.kill()
    await exit
  })
  while (!(await isOpen(port))) {
    if (ended) throw new Error(`${command} ended: ${said}`)
    await sleep(20)
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

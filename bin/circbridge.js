#!/usr/bin/env node
/**
 * Starts the command line: the sources in a checkout, the build in the published package. Plain JavaScript of an old
 * kind, so that an old Node gets as far as the sentence that tells it so.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'

const oldestMajor = 24
const interrupted = 128
const wrongUsage = 2

const root = fileURLToPath(new URL('..', import.meta.url))
const source = `${root}src/cli.ts`
const program = existsSync(source) ? source : `${root}dist/src/cli.js`

function majorOf(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0)
}

/** The Node that a checkout brings along, undefined where there is none or it is too old as well. */
function findOwnNode() {
  const path = `${root}node_modules/.bin/node`
  if (!existsSync(path)) return undefined
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  return majorOf(stdout ?? '') >= oldestMajor ? path : undefined
}

/** Runs the program as a child and ends as it ends. */
function runWith(node) {
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // The keyboard interrupts the child as well; twice would mean that it must end at once.
  process.on('SIGINT', () => undefined)
  child.on('exit', (code, signal) => process.exit(code ?? interrupted + (constants.signals[signal] ?? 0)))
}

if (majorOf(process.version) >= oldestMajor) {
  process.argv[1] = program
  await import(pathToFileURL(program).href)
} else {
  const ownNode = findOwnNode()
  if (ownNode === undefined) {
    process.stderr.write(`circbridge needs Node ${oldestMajor} or newer; this is ${process.version}.\n`)
    process.exitCode = wrongUsage
  } else {
    runWith(ownNode)
  }
}

/** Processes of a benchmark: each measures itself, and answers questions of the one that started it. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Question {
  readonly id: number
  readonly name: string
  readonly input: unknown
}

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly fault: string })

/** What a process can be asked: one function a question, with one argument and an answer that can be sent. */
// oxlint-disable-next-line typescript/no-explicit-any -- the two ends agree on a type of their own
export type Questions = { readonly [name: string]: (input: any) => unknown }

type Input<Q extends Questions, N extends keyof Q> = Parameters<Q[N]>[0]
type Value<Q extends Questions, N extends keyof Q> = Awaited<ReturnType<Q[N]>>

/** A process that was started and its questions. */
export class Child<Q extends Questions> {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #last = 0

  /** @param file name of the module under `bench/processes` */
  constructor(file: string) {
    // Its output must not mix with the figures.
    this.#process = fork(join(import.meta.dirname, 'processes', file), {
      stdio: ['ignore', 2, 2, 'ipc'],
      execArgv: ['--expose-gc', ...profileFlags(file)],
    })
    this.#process.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id)
      this.#waiting.delete(answer.id)
      if ('fault' in answer) waiting?.reject(new Error(`${file}: ${answer.fault}`))
      else waiting?.resolve(answer.value)
    })
    this.#process.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended with ${code}`))
    })
  }

  ask<N extends keyof Q & string>(name: N, ...[input]: Parameters<Q[N]>): Promise<Value<Q, N>>
  ask(name: string, input?: Input<Q, string>): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>()
    this.#last += 1
    this.#waiting.set(this.#last, waiting)
    this.#process.send({ id: this.#last, name, input } satisfies Question)
    return waiting.promise
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.disconnect()
    await ended
  }
}

/** The processes of one benchmark, which end together. */
export class Crew {
  readonly #children: { end(): Promise<void> }[] = []

  start<Q extends Questions>(file: string): Child<Q> {
    const child = new Child<Q>(file)
    this.#children.push(child)
    return child
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.end()))
  }
}

/** `BENCH_PROFILE=bridge.ts` writes a processor profile of that process to the folder for temporary files. */
const profileFlags = (file: string): string[] =>
  process.env['BENCH_PROFILE'] === file ? ['--cpu-prof', `--cpu-prof-dir=${join(tmpdir(), 'circbridge-profiles')}`] : []

/** Answers the questions of the process that started this one, and ends with it. */
export function answerParent(questions: Questions): void {
  process.on('message', async ({ id, name, input }: Question) => {
    let answer: Answer
    try {
      answer = { id, value: await questions[name]?.(input) }
    } catch (error) {
      answer = { id, fault: error instanceof Error ? error.message : String(error) }
    }
    process.send?.(answer)
  })
  process.on('disconnect', () => process.exit(0))
}

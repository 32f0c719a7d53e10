/** Two processes under the same load by turns, so that whatever else the machine does hits both. */
import type { Child } from './child.ts'
import type { BridgeQuestions } from './processes/bridge.ts'
import type { KiosksQuestions, Load, LoadResult } from './processes/kiosks.ts'
import type { Usage } from './processes/usage.ts'
import { median } from './report.ts'

/** No round sends more, however fast the machine is. */
export const mostRequestsARound = 20_000

/** What one side did in one round. */
export interface Sample {
  readonly load: LoadResult
  readonly perCpuSecond: number
}

export interface Side {
  readonly usage: () => Promise<Usage>
  readonly kiosks: Child<KiosksQuestions>
}

export interface Size {
  readonly connections: readonly number[]
  readonly rounds: number
  readonly warmUpMs: number
  readonly roundMs: number
}

/** Both by turns, each against what it asks of the library system. */
export async function takeTurns(
  bridgeProcess: Child<BridgeQuestions>,
  ours: Side,
  floors: Side,
  size: Pick<Size, 'rounds' | 'warmUpMs' | 'roundMs'>,
  work: Pick<Load, 'kinds' | 'visits' | 'charset'>,
) {
  const load: Load = { ...work, requests: mostRequestsARound, ms: size.roundMs, pauseMs: 0 }
  for (const side of [ours, floors]) await side.kiosks.ask('run', { ...load, ms: size.warmUpMs })
  await bridgeProcess.ask('takeCalls')
  const bridge: Sample[] = []
  const floor: Sample[] = []
  for (let round = 0; round < size.rounds; round++) {
    bridge.push(await measure(ours, load))
    floor.push(await measure(floors, load))
  }
  return { bridge, floor, calls: await bridgeProcess.ask('takeCalls') }
}

async function measure({ usage, kiosks }: Side, load: Load): Promise<Sample> {
  const before = await usage()
  const result = await kiosks.ask('run', load)
  const { cpuMs } = await usage()
  return { load: result, perCpuSecond: (result.requests * 1000) / (cpuMs - before.cpuMs) }
}

/** The median of the rounds' own ratios. */
export const ratio = (bridge: readonly Sample[], floor: readonly Sample[], read: (sample: Sample) => number): number =>
  median(bridge.map((sample, round) => read(sample) / read(floor[round] as Sample)))

export const sum = (samples: readonly Sample[]): number => samples.reduce((total, { load }) => total + load.requests, 0)
export const per = (samples: readonly Sample[]): string =>
  median(samples.map(({ perCpuSecond }) => perCpuSecond)).toFixed(0)
export const times = (samples: readonly Sample[], name: 'p50Ms' | 'p99Ms'): string =>
  `${median(samples.map(({ load }) => load[name])).toFixed(2)} ms`

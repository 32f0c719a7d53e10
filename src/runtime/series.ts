/**
 * Series of numbers that every message adds to. The metrics library works a series out from its labels at every
 * observation; here that is done once, and an observation is an addition. The library is told when somebody reads.
 */
import { Counter, type CounterConfiguration, type Metric, type Registry } from 'prom-client'

type Labels = Readonly<Record<string, string>>

export interface Tally {
  value: number
}

/** A counter, by its labels. What was added since the last reading goes to the library with the next one. */
export function makeCounts(config: Omit<CounterConfiguration<string>, 'collect'>): (labels: Labels) => Tally {
  const series = new Map<string, Tally & { readonly labels: Labels }>()
  new Counter({
    ...config,
    collect() {
      for (const tally of series.values()) {
        this.inc(tally.labels, tally.value)
        tally.value = 0
      }
    },
  })
  return (labels) => findOrMake(series, labels, () => ({ labels, value: 0 }))
}

/** How observations of one series spread over the buckets. */
export class Spread {
  readonly labels: Labels
  readonly #bounds: readonly number[]
  /** Observations in each bucket alone; those above every bound are the last. */
  readonly #counts: number[]
  #sum = 0

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels
    this.#bounds = bounds
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  observe(value: number): void {
    const bounds = this.#bounds
    let bucket = 0
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#sum += value
  }

  /** As Prometheus reads it: each bucket counts all that lie below its bound. */
  read(name: string) {
    let count = 0
    const buckets = this.#counts.map((own, bucket) => {
      count += own
      const labels = { le: this.#bounds[bucket] ?? '+Inf', ...this.labels }
      return { metricName: `${name}_bucket`, labels, value: count }
    })
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: this.labels, value: this.#sum },
      { metricName: `${name}_count`, labels: this.labels, value: count },
    ]
  }
}

export interface SpreadsConfig {
  readonly name: string
  readonly help: string
  readonly buckets: readonly number[]
  readonly registers: readonly Registry[]
}

/** A histogram, by its labels. */
export function makeSpreads({ name, help, buckets, registers }: SpreadsConfig): (labels: Labels) => Spread {
  const series = new Map<string, Spread>()
  const get = async () => ({
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    values: [...series.values()].flatMap((spread) => spread.read(name)),
  })
  // The library's own histogram cannot be told of buckets; a register asks a metric for no more than this.
  for (const register of registers) register.registerMetric({ name, get } as unknown as Metric)
  return (labels) => findOrMake(series, labels, () => new Spread(labels, buckets))
}

function findOrMake<T>(series: Map<string, T>, labels: Labels, make: () => T): T {
  const key = JSON.stringify(labels)
  const known = series.get(key) ?? make()
  series.set(key, known)
  return known
}

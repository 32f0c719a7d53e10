/** What a process has used so far, as it sees itself. */
export interface Usage {
  readonly cpuMs: number
  readonly residentBytes: number
}

export function measureUsage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1000, residentBytes: process.memoryUsage.rss() }
}

/** After the garbage is gone. */
export function measureIdleUsage(): Usage {
  globalThis.gc?.()
  globalThis.gc?.()
  return measureUsage()
}

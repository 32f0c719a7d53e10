import { type AlmaConfig, almaDefaults } from '../../src/alma/config.ts'
import type { Call } from '../../src/circulation/ports.ts'

/** A configuration for tests: short limits, no pause of the quota. */
export function makeConfig(baseUrl: string, changes: Partial<AlmaConfig> = {}): AlmaConfig {
  return {
    ...almaDefaults,
    institution: '01TEST_INST',
    baseUrl,
    apiKey: 'l8xxTESTKEY',
    timeZone: 'Europe/Vienna',
    currency: 'EUR',
    limits: { ...almaDefaults.limits, callTimeoutMs: 2_000, connections: 4 },
    quota: { ...almaDefaults.quota, perSecond: 1_000, burst: 1_000 },
    ...changes,
  }
}

export function makeCall(changes: Partial<Call> = {}): Call {
  return {
    id: 'message-1',
    priority: 'patron',
    signal: new AbortController().signal,
    deadline: performance.now() + 10_000,
    machine: 'kiosk-1',
    ...changes,
  }
}

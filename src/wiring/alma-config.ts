import { type AlmaConfig, type BlockRule, almaDefaults } from '../alma/config.ts'
import type { InstitutionConfig } from '../runtime/config/schema.ts'
import { mapValues } from './map-values.ts'

/** What the Alma adapter is told of one institution: its section of the config over the adapter's own defaults. */
export function toAlmaConfig({ id, timeZone, currency, alma }: InstitutionConfig): AlmaConfig {
  const { quota, mappings, scanIn } = alma
  const { limits, idCache, options } = almaDefaults
  const wait = { maxMs: quota.maxQueuedMs, queue: quota.maxQueued }
  return {
    institution: id,
    baseUrl: alma.baseUrl,
    apiKey: alma.key.reveal(),
    timeZone,
    currency,
    limits: { ...limits, callTimeoutMs: alma.callTimeoutMs, connections: alma.connections },
    quota: {
      ...almaDefaults.quota,
      perSecond: quota.perSecond,
      burst: quota.burst,
      reserve: { partner: quota.partnerReserve, background: quota.backgroundReserve },
      dailyFloor: { partner: quota.dailyPartnerFloor, background: quota.dailyBackgroundFloor },
      wait: { ...almaDefaults.quota.wait, patron: wait, partner: wait },
    },
    breaker: { failures: alma.breaker.failures, probeEveryMs: alma.breaker.openMs },
    idCache,
    options: {
      ...options,
      blocks: { ...options.blocks, byDescription: mapValues(mappings.blockActions, toBlockRule) },
      paymentMethods: { ...options.paymentMethods, ...mappings.paymentMethods },
      feeTypes: mappings.feeKinds,
      materialTypes: mappings.mediaKinds,
      staleIndexMs: alma.staleIndexMs,
      blockMark: alma.blockMark,
      scan: {
        ...options.scan,
        registerInHouseUse: scanIn.registerInHouseUse,
        placeOnHoldShelf: scanIn.placeOnHoldShelf,
      },
    },
  }
}

const toBlockRule = (actions: readonly (keyof BlockRule)[]): BlockRule => ({
  loan: actions.includes('loan'),
  renew: actions.includes('renew'),
  hold: actions.includes('hold'),
})

/** The whole configuration file. One key, one description: the JSON schema and the reference are made from this. */
import { z } from 'zod'
import { institutions } from './sections/institution.ts'
import { listeners } from './sections/listeners.ts'
import { ncip } from './sections/ncip.ts'
import { journal, limits, log } from './sections/operation.ts'
import { profiles } from './sections/profile.ts'
import { terminals } from './sections/terminals.ts'
import { texts } from './sections/texts.ts'

export const configSchema = z
  .strictObject({ institutions, listeners, terminals, profiles, texts, ncip, journal, log, limits })
  .meta({ title: 'Circbridge', description: 'Configuration of Circbridge.' })

/** A configuration with every default filled in and every secret wrapped. */
export type Config = z.infer<typeof configSchema>
/** What may be written in the file. */
export type ConfigInput = z.input<typeof configSchema>

export { type AlmaConfig, almaRegions, type InstitutionConfig } from './sections/institution.ts'
export type { HttpListenerConfig, ProxyProtocolConfig, Sip2ListenerConfig } from './sections/listeners.ts'
export type { LoginThrottleConfig } from './sections/login-throttle.ts'
export type { PinThrottleConfig } from './sections/pin-throttle.ts'
export { type NcipPartnerConfig, type NcipServiceName, ncipServices } from './sections/ncip.ts'
export { type JournalConfig, type LimitsConfig, type LogConfig, logLevels } from './sections/operation.ts'
export {
  type AlertCause,
  alertCauses,
  type FeeRulesConfig,
  type FieldRulesConfig,
  type ProfileConfig,
  type ProfileInput,
  type ServedMessage,
  type SortBinsConfig,
  sip2Charsets,
} from './sections/profile.ts'
export type { TerminalConfig } from './sections/terminals.ts'
export { type ScreenTextsConfig, screenLanguages } from './sections/texts.ts'
export type { ClientCertificatesConfig, TlsConfig } from './sections/tls.ts'

/** The JSON schema of the file, for editors and for `config/schema.json`. */
export function makeJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(configSchema, { io: 'input' }) as Record<string, unknown>
}

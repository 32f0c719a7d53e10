/** The whole configuration file. One key, one description: the JSON schema and the reference are made from this. */
import { z } from 'zod'
import { institutions } from './sections/institution.ts'
import { listeners } from './sections/listeners.ts'
import { ncip } from './sections/ncip.ts'
import { journal, limits, log } from './sections/operation.ts'
import { profiles } from './sections/profile.ts'
import { terminals } from './sections/terminals.ts'

export const configSchema = z
  .strictObject({ institutions, listeners, terminals, profiles, ncip, journal, log, limits })
  .meta({ title: 'Circbridge', description: 'Configuration of Circbridge.' })

/** A configuration with every default filled in and every secret wrapped. */
export type Config = z.infer<typeof configSchema>
/** What may be written in the file. */
export type ConfigInput = z.input<typeof configSchema>

export { type AlmaConfig, type AlmaPaymentMethod, almaRegions, type InstitutionConfig } from './sections/institution.ts'
export type { HttpListenerConfig, Sip2ListenerConfig, TlsConfig } from './sections/listeners.ts'
export { type NcipPartnerConfig, type NcipServiceName, ncipServices } from './sections/ncip.ts'
export { type JournalConfig, type LimitsConfig, type LogConfig, logLevels } from './sections/operation.ts'
export {
  type AlertCause,
  alertCauses,
  type ProfileConfig,
  type ServedMessage,
  type SortBinsConfig,
  screenLanguages,
  sip2Charsets,
} from './sections/profile.ts'
export type { TerminalConfig } from './sections/terminals.ts'

/** The JSON schema of the file, for editors and for `config/schema.json`. */
export function makeJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(configSchema, { io: 'input' }) as Record<string, unknown>
}

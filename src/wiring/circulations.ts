import { type AlmaSystem, createAlmaSystem } from '../alma/system.ts'
import type { Circulation } from '../circulation/circulation.ts'
import type { Clock, Journal } from '../circulation/ports.ts'
import type { Config } from '../runtime/config/schema.ts'
import { toAlmaConfig } from './alma-config.ts'

/** One institution, ready to circulate. */
export interface InstitutionParts {
  readonly id: string
  readonly circulation: Circulation
  readonly alma: AlmaSystem
}

/**
 * How long a call that was given up can still reach Alma. Seen: 1.5 s after the abort, over TCP and TLS.
 */
const settleMs = 1800

/** Every institution of the config by its short name. */
export function makeInstitutions(
  config: Config,
  parts: { readonly clock: Clock; readonly journal: Journal },
): Map<string, InstitutionParts> {
  const institutions = new Map<string, InstitutionParts>()
  for (const institution of config.institutions) {
    const alma = createAlmaSystem(toAlmaConfig(institution), { clock: parts.clock })
    const { loans, overdue, fees } = institution.patronLimits
    const circulation: Circulation = { ...parts, system: alma, settleMs, limits: { loans, overdue, fees } }
    institutions.set(institution.id, { id: institution.id, circulation, alma })
  }
  return institutions
}

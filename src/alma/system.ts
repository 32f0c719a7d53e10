/** One institution's Alma as a library system. */
import type { Clock, LibrarySystem } from '../circulation/ports.ts'
import { AlmaClient } from './client.ts'
import type { AlmaConfig } from './config.ts'
import { type AlmaConfiguration, createConfiguration } from './configuration.ts'
import { createFees } from './fees.ts'
import { createHolds } from './holds.ts'
import { ItemDirectory } from './item-ids.ts'
import { createItems } from './items.ts'
import { createLoans } from './loans.ts'
import { createPatrons } from './patrons.ts'

export interface AlmaSystem extends LibrarySystem {
  readonly configuration: AlmaConfiguration
  /** Refuses new calls, lets those in flight end within their time limits, and closes every connection. */
  close(): Promise<void>
}

/** Opens no connection until the first call. Throws when the base URL or the API key is malformed. */
export function createAlmaSystem(config: AlmaConfig, parts: { clock: Clock }): AlmaSystem {
  const { clock } = parts
  const client = new AlmaClient(config, clock)
  const directory = new ItemDirectory(client, config.idCache, clock)
  return {
    institution: config.institution,
    currency: config.currency,
    timeZone: config.timeZone,
    patrons: createPatrons({ client, config, clock }),
    loans: createLoans({ client, directory, config, clock }),
    items: createItems({ client, directory, config }),
    holds: createHolds({ client, directory, config }),
    fees: createFees(client, config),
    availability: client.availability,
    configuration: createConfiguration(client),
    close: () => client.close(),
  }
}

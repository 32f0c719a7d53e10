/** One institution's Alma as a library system. */
import type { Dispatcher } from 'undici'
import type { Clock, LibrarySystem } from '../circulation/ports.ts'
import { AlmaClient } from './client.ts'
import type { AlmaConfig } from './config.ts'
import { type AlmaConfiguration, createConfiguration } from './configuration.ts'
import { createFees } from './fees.ts'
import { createHolds } from './holds.ts'
import { ItemDirectory } from './item-ids.ts'
import { createItemRecords } from './item-record.ts'
import { createItems } from './items.ts'
import { Libraries } from './libraries.ts'
import { createLoans } from './loans.ts'
import { createPatronRecords } from './patron-record.ts'
import { createPatrons } from './patrons.ts'
import { createRouteForecast, type RouteForecast } from './route-forecast.ts'
import { StaleIndex } from './stale-index.ts'

export interface AlmaSystem extends LibrarySystem {
  readonly configuration: AlmaConfiguration
  readonly forecast: RouteForecast
  /** Refuses new calls, lets those in flight end within their time limits, and closes every connection. */
  close(): Promise<void>
}

export interface AlmaParts {
  readonly clock: Clock
  /** Takes the place of the connections to the gateway. */
  readonly dispatcher?: Dispatcher
}

/** Opens no connection until the first call. Throws when the base URL or the API key is malformed. */
export function createAlmaSystem(config: AlmaConfig, { clock, dispatcher }: AlmaParts): AlmaSystem {
  const client = new AlmaClient(config, clock, dispatcher)
  const directory = new ItemDirectory(client, config.idCache, clock)
  const staleIndex = new StaleIndex(client, config.options.staleIndexMs, clock)
  const configuration = createConfiguration(client)
  const libraries = new Libraries(configuration, clock)
  const items = {
    ...createItems({ client, directory, libraries, staleIndex, config }),
    ...createItemRecords({ client, directory, config }),
  }
  return {
    institution: config.institution,
    currency: config.currency,
    timeZone: config.timeZone,
    now: () => client.time.now(),
    patrons: { ...createPatrons({ client, config, clock }), ...createPatronRecords({ client, config, clock }) },
    loans: createLoans({ client, directory, staleIndex, config, clock }),
    items,
    holds: createHolds({ client, directory, staleIndex, config }),
    fees: createFees(client, config),
    availability: client.availability,
    configuration,
    forecast: createRouteForecast({ client, items, configuration, libraries }),
    close: () => client.close(),
  }
}

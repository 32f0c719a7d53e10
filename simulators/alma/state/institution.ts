/** Libraries, desks, locations, code tables and rules: what an institution configures. */
import { CodeTables } from './code-tables.ts'
import { circDeskMembers, locationMembers } from './conf-members.ts'
import type { Ids } from './ids.ts'
import type { BlockAction, LoanRule, SampleCircDesk, SampleData, SampleLibrary, SampleLocation } from './sample-data.ts'
import { codeOf, readShape, type Stored } from './shape.ts'

export interface Location {
  readonly code: string
  readonly name: string
  readonly library: string
  readonly remote: boolean
  readonly remoteStorage: string
  readonly record: Stored
}

export interface DeskLocation {
  readonly checkIn: boolean
  readonly checkOut: boolean
  readonly reshelve: boolean
}

export interface CircDesk {
  readonly code: string
  readonly name: string
  readonly library: string
  readonly primary: boolean
  readonly hasHoldShelf: boolean
  readonly hasHoldShelfProcessing: boolean
  readonly holdShelfDays: number
  readonly hoursToReshelve: number
  readonly picksFromShelf: boolean
  readonly locations: ReadonlyMap<string, DeskLocation>
  readonly record: Stored
}

export interface Library {
  readonly code: string
  readonly id: string
  readonly name: string
  readonly description: string
  readonly defaultLocation: string
  readonly locations: ReadonlyMap<string, Location>
  readonly desks: ReadonlyMap<string, CircDesk>
  readonly departments: ReadonlyMap<string, string>
  readonly openHours: Readonly<Record<string, readonly [string, string]>>
}

export interface UserGroup {
  readonly loanLimit: number
  readonly cashLimitMinor: number
  readonly overdueLimit: number
}

export interface Institution {
  readonly code: string
  readonly name: string
  readonly zone: string
  readonly currency: string
  readonly almaUrl: string
  readonly environment: string
  readonly libraries: ReadonlyMap<string, Library>
  readonly tables: CodeTables
  readonly groups: ReadonlyMap<string, UserGroup>
  readonly blockActions: Readonly<Record<string, readonly BlockAction[]>>
  readonly rules: readonly LoanRule[]
}

const defaultHours: Readonly<Record<string, readonly [string, string]>> = {
  MONDAY: ['08:00', '20:00'],
  TUESDAY: ['08:00', '20:00'],
  WEDNESDAY: ['08:00', '20:00'],
  THURSDAY: ['08:00', '20:00'],
  FRIDAY: ['08:00', '20:00'],
  SATURDAY: ['10:00', '16:00'],
}

const defaultRules: readonly LoanRule[] = [
  { policy: 'REFERENCE', loanable: false, requestable: false },
  { days: 28, max_renewals: 5, renew_from: 'due_date', overdue_fine_per_day: 0.2, overdue_fine_max: 10 },
]

export function readInstitution(data: SampleData, ids: Ids): Institution {
  const given = data.institution ?? {}
  const code = given.code ?? '01DEMO_INST'
  const name = given.name ?? 'Demonstration Institution'
  const sampleLibraries = data.libraries ?? [{ code: 'MAIN', name: 'Main Library' }]
  const libraries = new Map(sampleLibraries.map((library) => [library.code, readLibrary(library, ids)]))
  const groups = data.user_groups ?? [{ code: 'STUD' }]
  const organizations = Object.fromEntries([[code, name], ...[...libraries.values()].map((l) => [l.code, l.name])])
  const departments = [...libraries.values()].flatMap((library) => [...library.departments])
  const groupNames = groups.map((group) => [group.code, group.description ?? group.code])
  return {
    code,
    name,
    zone: given.time_zone ?? 'Europe/Berlin',
    currency: given.currency ?? 'EUR',
    almaUrl: given.alma_url ?? 'https://alma.example.org/',
    environment: given.environment_type ?? 'sandbox',
    libraries,
    tables: new CodeTables({
      Organizations: organizations,
      Departments: Object.fromEntries(departments),
      FulfillmentUnits: { MAIN_FU: 'Main fulfillment unit' },
      ...data.code_tables,
      UserGroups: { ...Object.fromEntries(groupNames), ...data.code_tables?.UserGroups },
    }),
    groups: new Map(
      groups.map((group) => [
        group.code,
        {
          loanLimit: group.loan_limit ?? 100,
          cashLimitMinor: Math.round((group.cash_limit ?? Number.POSITIVE_INFINITY) * 100),
          overdueLimit: group.overdue_limit ?? Number.POSITIVE_INFINITY,
        },
      ]),
    ),
    blockActions: data.block_actions ?? {},
    rules: data.loan_rules ?? defaultRules,
  }
}

function readLibrary(sample: SampleLibrary, ids: Ids): Library {
  const locations = (sample.locations ?? [{ code: 'STACKS', name: 'Open stacks' }]).map((location) =>
    readLocation(location, sample.code, ids),
  )
  const desks = sample.circ_desks ?? [{ code: 'DEFAULT_CIRC_DESK', name: 'Circulation desk', has_hold_shelf: true }]
  return {
    code: sample.code,
    id: ids.next('library'),
    name: sample.name ?? sample.code,
    description: sample.description ?? '',
    defaultLocation: codeOf(sample.default_location) || (locations[0]?.code ?? ''),
    locations: new Map(locations.map((location) => [location.code, location])),
    desks: new Map(desks.map((desk) => [desk.code, readDesk(desk, sample.code, locations)])),
    departments: new Map((sample.departments ?? []).map(({ code, name }) => [code, name ?? code])),
    openHours: sample.open_hours ?? defaultHours,
  }
}

function readLocation(sample: SampleLocation, library: string, ids: Ids): Location {
  const record = { id: ids.next('location'), name: sample.code, ...readShape(locationMembers, sample) }
  return {
    code: sample.code,
    name: sample.name ?? sample.code,
    library,
    remote: codeOf(sample.type) === 'REMOTE',
    remoteStorage: sample.remote_storage ?? '',
    record,
  }
}

function readDesk(sample: SampleCircDesk, library: string, locations: readonly Location[]): CircDesk {
  const open = locations.filter(({ remote }) => !remote)
  const served: NonNullable<SampleCircDesk['location']> =
    sample.location ?? open.map(({ code }) => ({ location_code: code }))
  const links = new Map<string, DeskLocation>()
  for (const { location_code: code, check_in = true, check_out = true, reshelve = true } of served) {
    links.set(code, { checkIn: check_in, checkOut: check_out, reshelve })
  }
  const record = readShape(circDeskMembers, sample)
  record.name ??= sample.code
  record.location = [...links].map(([code, link]) => {
    const location = locations.find((candidate) => candidate.code === code)
    return {
      location_code: code,
      location_name: location?.name ?? code,
      location_type: location?.remote ? 'REMOTE' : codeOf(location?.record.type) || 'OPEN',
      check_in: link.checkIn,
      check_out: link.checkOut,
      reshelve: link.reshelve,
    }
  })
  return {
    code: sample.code,
    name: sample.name ?? sample.code,
    library,
    primary: record.primary === true,
    hasHoldShelf: record.has_hold_shelf === true,
    hasHoldShelfProcessing: record.has_hold_shelf_processing === true,
    holdShelfDays: typeof record.maximum_days_on_hold_shelf === 'number' ? record.maximum_days_on_hold_shelf : 7,
    hoursToReshelve: typeof record.hours_to_reshelve === 'number' ? record.hours_to_reshelve : 0,
    picksFromShelf: record.picks_from_shelf === true,
    locations: links,
    record,
  }
}

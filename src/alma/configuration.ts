/** What a check of the installation asks Alma: rights of the key, libraries, desks, locations and code tables. */
import type { CodedName, Place } from '../circulation/model.ts'
import { done, type Outcome } from '../circulation/outcome.ts'
import type { Call } from '../circulation/ports.ts'
import { type AlmaClient, reading } from './client.ts'
import { type JsonObject, readFlag, readList, readObject, readText, readCode } from './json.ts'

/** Areas of an API key that have a test endpoint. */
const areaTests = {
  users: '/users/operation/test',
  bibs: '/bibs/test',
  configuration: '/conf/test',
  'task-lists': '/task-lists/test',
  partners: '/partners/operation/test',
} as const

export type AlmaArea = keyof typeof areaTests

export interface DeskLocation {
  readonly location: CodedName
  readonly checkIn: boolean
  readonly checkOut: boolean
  readonly reshelve: boolean
}

export interface CirculationDesk {
  readonly code: string
  readonly name: string
  /** True for a desk that may serve the locations of other libraries. */
  readonly primary: boolean
  readonly hasHoldShelf: boolean
  readonly locations: readonly DeskLocation[]
}

/** A code that is not enabled stands in old records, and is refused in new ones. */
export interface TableCode extends CodedName {
  readonly enabled: boolean
}

export interface AlmaConfiguration {
  /** [Alma: test] Whether the key may read or write in an area. Changes nothing. */
  testArea(area: AlmaArea, access: 'read' | 'write', call: Call): Promise<Outcome<true>>
  /** [Alma conf: general] */
  institution(call: Call): Promise<Outcome<CodedName & { readonly environment: string }>>
  /** [Alma conf: libraries] */
  libraries(call: Call): Promise<Outcome<readonly CodedName[]>>
  /** [Alma conf: circulation desk] Refused with `not-configured` when the library or the desk does not exist. */
  desk(place: Place, call: Call): Promise<Outcome<CirculationDesk>>
  /** [Alma conf: locations] Of one library. */
  locations(library: string, call: Call): Promise<Outcome<readonly CodedName[]>>
  /** [Alma conf: code-tables] As the institution has it; what a library has of its own is not in it. */
  codeTable(name: string, call: Call): Promise<Outcome<readonly TableCode[]>>
}

export function createConfiguration(client: AlmaClient): AlmaConfiguration {
  const ask = (template: string, segments: Readonly<Record<string, string>>) =>
    reading({ operation: 'configuration', template, segments })

  return {
    async testArea(area, access, call) {
      const method = access === 'read' ? 'GET' : 'POST'
      const reply = await client.send({ ...ask(areaTests[area], {}), method, expects: 'anything' }, call)
      return reply.kind === 'done' ? done(true) : reply.outcome
    },

    async institution(call) {
      const reply = await client.send(ask('/conf/general', {}), call)
      if (reply.kind !== 'done') return reply.outcome
      const { body } = reply.value
      const institution = readObject(body['institution'])
      return done({
        code: readText(institution['value']),
        name: readText(institution['desc']),
        environment: readText(body['environment_type']),
      })
    },

    async libraries(call) {
      const reply = await client.send(ask('/conf/libraries', {}), call)
      return reply.kind === 'done' ? done(readList(reply.value.body['library']).map(readNamed)) : reply.outcome
    },

    async desk(place, call) {
      const request = ask('/conf/libraries/{library_code}/circ-desks/{circ_desk_code}', {
        library_code: place.library,
        circ_desk_code: place.circulationDesk,
      })
      const reply = await client.send(request, call)
      return reply.kind === 'done' ? done(readDesk(reply.value.body)) : reply.outcome
    },

    async locations(library, call) {
      const reply = await client.send(ask('/conf/libraries/{library_code}/locations', { library_code: library }), call)
      return reply.kind === 'done' ? done(readList(reply.value.body['location']).map(readNamed)) : reply.outcome
    },

    async codeTable(name, call) {
      const reply = await client.send(ask('/conf/code-tables/{code_table}', { code_table: name }), call)
      return reply.kind === 'done' ? done(readList(reply.value.body['row']).map(readTableCode)) : reply.outcome
    },
  }
}

function readTableCode(row: JsonObject): TableCode {
  return {
    code: readText(row['code']),
    name: readText(row['description']),
    enabled: readFlag(row['enabled']) ?? true,
  }
}

function readNamed(entry: JsonObject): CodedName {
  return { code: readText(entry['code']), name: readText(entry['name']) }
}

function readDesk(desk: JsonObject): CirculationDesk {
  return {
    ...readNamed(desk),
    primary: readFlag(desk['primary']) ?? false,
    hasHoldShelf: readFlag(desk['has_hold_shelf']) ?? false,
    locations: readList(desk['location']).map((location) => ({
      location: { code: readCode(location['location_code']), name: readText(location['location_name']) },
      checkIn: readFlag(location['check_in']) ?? false,
      checkOut: readFlag(location['check_out']) ?? false,
      reshelve: readFlag(location['reshelve']) ?? false,
    })),
  }
}

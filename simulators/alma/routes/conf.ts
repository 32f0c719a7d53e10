/** What the institution configures [Alma conf]. */
import { refusals } from '../alma-error.ts'
import { listed } from '../render/describe.ts'
import { renderCodeTable, renderDesk, renderLibrary, renderLocation } from '../render/conf.ts'
import type { Library } from '../state/institution.ts'
import { type AlmaRequest, type Answer, get, object, pageOf, param, type Route, slice } from '../transport/route.ts'
import { openHours } from './open-hours.ts'

function general({ store }: AlmaRequest): Answer {
  const { code, name, almaUrl, environment } = store.institution
  return object('general', {
    institution: { value: code, desc: name },
    alma_url: almaUrl,
    environment_type: environment,
  })
}

export function libraryOf(request: AlmaRequest): Library {
  const code = param(request, 'library')
  const library = request.store.library(code)
  if (!library) throw refusals.parameterInvalid('library', code)
  return library
}

function listLibraries({ store, link }: AlmaRequest): Answer {
  const libraries = [...store.institution.libraries.values()]
  const shown = libraries.map((library) => renderLibrary(library, store.institution, link))
  return object('libraries', listed('library', shown, libraries.length))
}

function getLibrary(request: AlmaRequest): Answer {
  return object('library', renderLibrary(libraryOf(request), request.store.institution, request.link))
}

function listDesks(request: AlmaRequest): Answer {
  const desks = [...libraryOf(request).desks.values()]
  const shown = slice(desks, pageOf(request)).map((desk) => renderDesk(desk, request.store.institution, request.link))
  return object('circ_desks', listed('circ_desk', shown, desks.length))
}

function getDesk(request: AlmaRequest): Answer {
  const code = param(request, 'circ_desk')
  const desk = libraryOf(request).desks.get(code)
  if (!desk) throw refusals.parameterInvalid('circ_desk', code)
  return object('circ_desk', renderDesk(desk, request.store.institution, request.link))
}

function listLocations(request: AlmaRequest): Answer {
  const library = libraryOf(request)
  const { store, link } = request
  const shown = [...library.locations.values()].map((one) => renderLocation(one, library, store.institution, link))
  return object('locations', listed('location', shown, library.locations.size))
}

function getLocation(request: AlmaRequest): Answer {
  const library = libraryOf(request)
  const code = param(request, 'location')
  const location = library.locations.get(code)
  if (!location) throw refusals.parameterInvalid('location', code)
  return object('location', renderLocation(location, library, request.store.institution, request.link))
}

function listCodeTables({ store, link }: AlmaRequest): Answer {
  const tables = store.institution.tables
    .names()
    .map((name) => ({ ...renderCodeTable(name, store.institution, link), row: [] }))
  return object('code_tables', listed('code_table', tables, tables.length))
}

function getCodeTable(request: AlmaRequest): Answer {
  const { store, link } = request
  const name = param(request, 'name')
  if (!store.institution.tables.rows(name)) throw refusals.codeTableNotFound(name)
  return object('code_table', renderCodeTable(name, store.institution, link))
}

const ofLibrary = '/conf/libraries/{library}'

export const confRoutes: readonly Route[] = [
  get('conf', '/conf/general', 'getGeneral', general),
  get('conf', '/conf/libraries', 'listLibraries', listLibraries),
  get('conf', ofLibrary, 'getLibrary', getLibrary),
  get('conf', `${ofLibrary}/circ-desks`, 'listCircDesks', listDesks),
  get('conf', `${ofLibrary}/circ-desks/{circ_desk}`, 'getCircDesk', getDesk),
  get('conf', `${ofLibrary}/locations`, 'listLocations', listLocations),
  get('conf', `${ofLibrary}/locations/{location}`, 'getLocation', getLocation),
  get('conf', `${ofLibrary}/open-hours`, 'getOpenHours', (request) => openHours(libraryOf(request), request)),
  get('conf', '/conf/code-tables', 'listCodeTables', listCodeTables),
  get('conf', '/conf/code-tables/{name}', 'getCodeTable', getCodeTable),
]

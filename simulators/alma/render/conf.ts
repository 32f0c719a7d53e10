/** Renders libraries, desks, locations and code tables [Alma conf]. */
import { circDeskMembers, locationMembers } from '../state/conf-members.ts'
import type { CircDesk, Institution, Library, Location } from '../state/institution.ts'
import { type RenderedObject, renderShape } from '../state/shape.ts'
import type { Link } from './describe.ts'

export function renderLibrary(library: Library, institution: Institution, link: Link): RenderedObject {
  const home = library.locations.get(library.defaultLocation)
  const path = ['conf', 'libraries', library.code]
  return {
    link: link(...path),
    code: library.code,
    id: library.id,
    path: `${institution.code}.${library.code}`,
    name: library.name,
    description: library.description,
    resource_sharing: false,
    campus: { value: '', desc: '' },
    proxy: '',
    default_location: { value: library.defaultLocation, desc: home?.name ?? '' },
    number_of_locations: { value: String(library.locations.size), link: link(...path, 'locations') },
    number_of_circ_desks: { value: String(library.desks.size), link: link(...path, 'circ-desks') },
  }
}

export function renderDesk(desk: CircDesk, { tables }: Institution, link: Link): RenderedObject {
  return {
    link: link('conf', 'libraries', desk.library, 'circ-desks', desk.code),
    ...renderShape(circDeskMembers, desk.record, tables),
  }
}

export function renderLocation(
  location: Location,
  library: Library,
  { tables }: Institution,
  link: Link,
): RenderedObject {
  const desks = [...library.desks.values()].flatMap((desk) => {
    const served = desk.locations.get(location.code)
    return served
      ? [
          {
            circ_desk_code: desk.code,
            circ_desk_name: desk.name,
            circulation_desk_link: link('conf', 'libraries', library.code, 'circ-desks', desk.code),
            check_in: served.checkIn,
            check_out: served.checkOut,
            reshelve: served.reshelve,
          },
        ]
      : []
  })
  return {
    link: link('conf', 'libraries', library.code, 'locations', location.code),
    ...renderShape(locationMembers, { ...location.record, circ_desk: desks }, tables),
  }
}

export function renderCodeTable(
  name: string,
  { code, name: institutionName, tables }: Institution,
  link: Link,
): RenderedObject {
  return {
    link: link('conf', 'code-tables', name),
    name,
    description: name,
    sub_system: { value: 'INFRA', desc: 'General' },
    patron_facing: false,
    language: { value: 'en', desc: 'English' },
    scope: { institution_id: { value: code, desc: institutionName }, library_id: { value: '', desc: '' } },
    row: (tables.rows(name) ?? []).map((row) => ({ ...row })),
  }
}

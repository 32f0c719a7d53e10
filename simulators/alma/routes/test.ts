/** Endpoints that only prove that a key works; XML whatever is asked for [Alma: test endpoints]. */
import type { Area } from '../transport/api-keys.ts'
import { change, get, type Route } from '../transport/route.ts'

function testRoutesOf(area: Area, template: string): readonly Route[] {
  return [
    get(area, template, 'testRead', ({ store }) => ({
      kind: 'xml',
      text: `<test>GET - OK - institutionCode: ${store.institution.code}</test>`,
    })),
    change('POST', area, template, 'testWrite', () => ({ kind: 'xml', text: '<test>POST - OK</test>' })),
  ]
}

export const testRoutes: readonly Route[] = [
  ...testRoutesOf('conf', '/conf/test'),
  ...testRoutesOf('bibs', '/bibs/test'),
  ...testRoutesOf('task-lists', '/task-lists/test'),
  ...testRoutesOf('users', '/users/operation/test'),
]

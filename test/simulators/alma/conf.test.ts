/** Configuration [Alma conf]. */
import t from 'tap'
import { memberAt, startAlma } from './alma-caller.ts'

t.test('the institution', async (t) => {
  const alma = await startAlma(t)
  const general = await alma.get('/conf/general')
  t.strictSame(general.at('institution'), { value: '01DEMO_INST', desc: 'Demo University' })
  t.equal(general.at('environment_type'), 'sandbox')
})

t.test('libraries', async (t) => {
  const alma = await startAlma(t)
  const list = await alma.get('/conf/libraries')
  t.equal(list.at('total_record_count'), 2)
  const main = await alma.get('/conf/libraries/MAIN')
  t.equal(main.at('path'), '01DEMO_INST.MAIN')
  t.strictSame([main.at('number_of_locations.value'), main.at('number_of_circ_desks.value')], ['4', '3'])
  t.strictSame(main.at('default_location'), { value: 'STACKS', desc: 'Open Stacks' })
  t.strictSame(list.at('library.0'), JSON.parse(main.text))
  t.equal((await alma.get('/conf/libraries/NOWHERE')).code, '40166411')
})

t.test('circulation desks, with and without the slash at the end', async (t) => {
  const alma = await startAlma(t)
  const list = await alma.get('/conf/libraries/MAIN/circ-desks/')
  t.equal(list.at('total_record_count'), 3)
  t.equal((await alma.get('/conf/libraries/MAIN/circ-desks?limit=1&offset=2')).at('circ_desk.0.code'), 'DEPOT_DESK')
  const machine = await alma.get('/conf/libraries/MAIN/circ-desks/SELFCHECK')
  t.equal(machine.at('has_self_check'), true)
  t.equal(machine.at('terminal_password'), '4711')
  t.strictSame(machine.at('location'), [
    {
      location_code: 'STACKS',
      location_name: 'Open Stacks',
      location_type: { value: 'OPEN', desc: 'Open' },
      check_in: true,
      check_out: true,
      reshelve: true,
    },
  ])
  const desk = await alma.get('/conf/libraries/MAIN/circ-desks/DEFAULT_CIRC_DESK')
  t.equal(desk.at('maximum_days_on_hold_shelf'), 7)
  t.strictSame(memberAt(desk.at('location.3'), 'location_type.value'), 'REMOTE')
  t.equal((await alma.get('/conf/libraries/MAIN/circ-desks/NO_DESK')).code, '40166411')
})

t.test('locations', async (t) => {
  const alma = await startAlma(t)
  t.equal((await alma.get('/conf/libraries/BRANCH/locations')).at('total_record_count'), 2)
  const depot = await alma.get('/conf/libraries/MAIN/locations/DEPOT')
  t.strictSame([depot.at('type.value'), depot.at('remote_storage')], ['REMOTE', 'DEPOT_STORAGE'])
  const desks = depot.at('circ_desk') as Record<string, unknown>[]
  t.strictSame(
    desks.map((desk) => [desk.circ_desk_code, desk.reshelve]),
    [
      ['DEFAULT_CIRC_DESK', false],
      ['DEPOT_DESK', true],
    ],
  )
  t.equal((await alma.get('/conf/libraries/MAIN/locations/ATTIC')).code, '40166411')
})

t.test('code tables', async (t) => {
  const alma = await startAlma(t)
  const table = await alma.get('/conf/code-tables/ItemPolicy')
  t.equal(table.at('row.0.code'), 'REGULAR')
  t.equal(table.at('row.0.description'), 'Regular loan, 28 days', "the institution's own text")
  t.equal((await alma.get('/conf/code-tables/RequestCancellationReasons')).at('row.0.code'), 'CancelledAtPatronRequest')
  t.equal((await alma.get('/conf/code-tables/NoSuchTable')).status, 400)
  const list = await alma.get('/conf/code-tables')
  t.ok(Number(list.at('total_record_count')) > 30)
})

t.test('a code that is switched off stands in its table, and is refused', async (t) => {
  const gone = 'CancelledAtPatronRequest'
  const alma = await startAlma(t, {
    data: {
      code_tables: { RequestCancellationReasons: { [gone]: { description: 'Cancelled', enabled: false } } },
      users: [{ primary_id: 'max' }],
      items: [{ barcode: '1' }],
      requests: [{ user_primary_id: 'max', item_barcode: '1', request_id: '5', pickup_location_library: 'MAIN' }],
    },
  })
  const table = await alma.get('/conf/code-tables/RequestCancellationReasons')
  t.match(table.at('row.0'), { code: gone, description: 'Cancelled', enabled: false })
  t.match(table.at('row.1'), { code: 'CannotBeFulfilled', enabled: true })
  t.equal((await alma.call('DELETE', `/users/max/requests/5?reason=${gone}`)).code, '40166411')
  t.equal((await alma.call('DELETE', '/users/max/requests/5?reason=CannotBeFulfilled')).status, 204)
})

t.test('opening hours', async (t) => {
  const alma = await startAlma(t)
  const url = '/conf/libraries/MAIN/open-hours'
  const week = await alma.get(url)
  t.equal((week.at('day') as unknown[]).length, 8)
  t.strictSame(week.at('day.0'), {
    date: '2026-03-10Z',
    day_of_week: { value: '3', desc: 'Tuesday' },
    hour: [{ from: '08:00', to: '20:00' }],
  })
  const sunday = await alma.get(`${url}?from=2026-03-15&to=2026-03-15`)
  t.strictSame(sunday.at('day.0.hour'), [], 'closed')
  t.equal((await alma.get(`${url}?from=2026-03-01&to=2026-05-01`)).code, '401666')
  t.equal((await alma.get(`${url}?from=soon`)).code, '401666')
})

import t from 'tap'
import { askCheck, broker, countCalls, kiosk, told } from './ask-check.ts'

t.test(
  'each place of pickup that a machine or partner may name is looked at, with the path of its setting',
  async (t) => {
    const checked = await askCheck(t, {
      profiles: {
        kiosk: {
          holds: {
            pickupLocations: {
              'Front desk': 'MAIN.DEFAULT_CIRC_DESK',
              Machines: 'MAIN.SELFCHECK',
              Cellar: 'MAIN.CELLAR',
              Branch: 'BRANCH',
              Annex: 'ANNEX.DESK',
            },
            defaultPickup: 'MAIN.DEFAULT_CIRC_DESK',
          },
        },
      },
      ncip: { partners: [{ ...broker, pickupLocations: { Kiosks: 'MAIN.SELFCHECK' }, defaultPickup: 'NOWHERE' }] },
    })
    t.equal(checked.exitCode, 1)
    t.strictSame(told(checked, 'pickup'), [
      'ok pickup MAIN.DEFAULT_CIRC_DESK: has a hold shelf',
      'fail pickup MAIN.SELFCHECK: has no hold shelf -> Correct profiles.kiosk.holds.pickupLocations.Machines, ' +
        'ncip.partners[0].pickupLocations.Kiosks, or give the desk a hold shelf in Alma.',
      'fail pickup MAIN.CELLAR: does not exist in Alma -> Correct profiles.kiosk.holds.pickupLocations.Cellar, or make ' +
        'the desk in Alma.',
      'ok pickup BRANCH: is there: Branch Library',
      'fail pickup ANNEX.DESK: is at a library that does not exist in Alma -> Correct ' +
        'profiles.kiosk.holds.pickupLocations.Annex. It has: MAIN, BRANCH.',
      'fail pickup NOWHERE: is at a library that does not exist in Alma -> Correct ncip.partners[0].defaultPickup. It ' +
        'has: MAIN, BRANCH.',
    ])
    t.equal(countCalls(checked, 'getCircDesk'), 3, 'each desk once, also one at which somebody lends')
  },
)

t.test('what nobody can name is not looked at', async (t) => {
  const nowhere = { pickupLocations: { A: 'NOWHERE' } }
  const checked = await askCheck(t, {
    profiles: {
      kiosk: { messages: { hold: false }, holds: nowhere },
      spare: { holds: nowhere },
    },
    ncip: { partners: [{ ...broker, services: ['LookupItem'], ...nowhere }] },
  })
  t.equal(checked.exitCode, 0)
  t.strictSame(told(checked, 'pickup'), [])
})

t.test('a profile takes its places over from the one that it extends', async (t) => {
  const checked = await askCheck(t, {
    profiles: { house: { holds: { defaultPickup: 'MAIN.SELFCHECK' } }, kiosk: { extends: 'house' } },
  })
  t.match(told(checked, 'pickup'), [/^fail pickup MAIN\.SELFCHECK: .*profiles\.kiosk\.holds\.defaultPickup,/])
})

t.test("a partner's own desk is where its requests go that name no place", async (t) => {
  const at = async (circulationDesk: string, more: object = {}) => {
    const partner = { ...broker, circulationDesk, ...more }
    return askCheck(t, { profiles: { kiosk: {} }, terminals: [kiosk], ncip: { partners: [partner] } })
  }
  t.strictSame(told(await at('DEFAULT_CIRC_DESK'), 'pickup'), ['ok pickup MAIN.DEFAULT_CIRC_DESK: has a hold shelf'])
  const without = await at('SELFCHECK')
  t.equal(without.exitCode, 0)
  t.strictSame(told(without, 'pickup'), [
    'warn pickup MAIN.SELFCHECK: has no hold shelf, and requests that name no pickup location go there -> Name a ' +
      'defaultPickup beside ncip.partners[0].circulationDesk.',
  ])
  const gone = await at('GONE')
  t.strictSame(told(gone, 'pickup'), [], 'the desk itself is told of')
  t.match(told(gone, 'desk'), [/^ok desk MAIN\.SELFCHECK/, /^fail desk MAIN\.GONE: does not exist/])
  t.strictSame(told(await at('SELFCHECK', { defaultPickup: 'MAIN' }), 'pickup'), [
    'ok pickup MAIN: is there: Main Library',
  ])
  t.strictSame(told(await at('SELFCHECK', { remoteStorage: {} }), 'pickup'), [], 'a storage system places none')
})

t.test('desks are not asked for without end', async (t) => {
  const places = Array.from({ length: 205 }, (_, number) => [`Place ${number}`, `MAIN.DESK_${number}`])
  const checked = await askCheck(t, { profiles: { kiosk: { holds: { pickupLocations: Object.fromEntries(places) } } } })
  t.equal(countCalls(checked, 'getCircDesk'), 200)
  t.strictSame(told(checked, 'desks'), ['warn desks: 6 more desks were not asked for, to spare calls'])
})

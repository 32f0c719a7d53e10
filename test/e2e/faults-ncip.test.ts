/** Laws 1, 2 and 4 towards a partner: every changing service against every fault of Alma. */
import t from 'tap'
import { cards, copy, passwords, startBridge, type TestBridge } from '../helpers/bridge.ts'
import { item, type NcipAnswer, problemIn, request, user } from '../helpers/ncip.ts'
import { callTimeoutMs, casesOf, type FaultyChange, faultsFor, type Told } from './fault-table.ts'

interface Change extends FaultyChange {
  readonly name: string
  readonly message: string
  readonly key?: string
  /** How often Alma made the change. */
  made(bridge: TestBridge): number
}

const { anna, jonas, paul, emma } = cards

const changes: readonly Change[] = [
  {
    name: 'CheckOutItem',
    operation: 'createLoan',
    readBack: 'listItemLoans',
    message: request('CheckOutItem', user(jonas) + item(copy(1))),
    made: (bridge) => bridge.user(jonas).loans.size,
  },
  {
    name: 'CheckInItem',
    operation: 'scanItem',
    readBack: 'getItem',
    message: request('CheckInItem', item(copy(15))),
    made: (bridge) => 3 - bridge.user(paul).loans.size,
  },
  {
    name: 'CheckInItem of a storage system',
    operation: 'scanItem',
    readBack: 'getItem',
    message: request('CheckInItem', item(copy(15)), {
      from: 'DEPOT',
      to: '01DEMO_INST',
      fromSystem: 'NCIP_REMOTE_STORAGE',
      onBehalfOf: 'MAIN.DEPOT_DESK',
    }),
    key: passwords.depot,
    made: (bridge) => 3 - bridge.user(paul).loans.size,
  },
  {
    name: 'RenewItem',
    operation: 'renewLoan',
    readBack: 'listItemLoans',
    message: request('RenewItem', user(anna) + item(copy(9))),
    made: (bridge) => bridge.item(copy(9)).loan?.renewals ?? -1,
  },
  {
    name: 'RequestItem',
    operation: 'createRequest',
    readBack: 'listRequests',
    message: request('RequestItem', `${user(jonas)}${item(copy(2))}<PickupLocation>MAIN</PickupLocation>`),
    made: (bridge) => bridge.user(jonas).requests.size,
  },
  {
    name: 'CancelRequestItem',
    operation: 'cancelRequest',
    readBack: undefined,
    message: request('CancelRequestItem', user(emma) + item(copy(13))),
    made: (bridge) => 2 - bridge.user(emma).requests.size,
  },
]

function toldBy(answer: NcipAnswer): Told | string {
  const problem = problemIn(answer)
  if (problem === undefined) return 'yes'
  if (problem.type !== 'Temporary Processing Failure') return `${problem.type}: ${problem.detail}`
  if (/not known whether/.test(problem.detail ?? '')) return 'unknown'
  return /Nothing was changed/.test(problem.detail ?? '') ? 'no' : `${problem.detail}`
}

t.jobs = 12
for (const change of changes) {
  for (const fault of casesOf(change)) {
    t.test(`${change.name}: ${fault.name}`, { buffered: true }, async (t) => {
      const bridge = await startBridge(t, {
        config: (base) => {
          const [institution] = base.institutions
          return {
            ...base,
            institutions: [{ ...institution, agencyAliases: ['01INST'], alma: { ...institution.alma, callTimeoutMs } }],
          }
        },
      })
      const send = () => bridge.post(change.message, { 'x-circbridge-key': change.key ?? passwords.broker })
      bridge.alma.control.setFaults(faultsFor(fault, change))
      const answer = await send()
      t.equal(answer.status, 200, 'law 1: one message of NCIP')
      t.equal(toldBy(answer), fault.told, 'law 1: the partner is told how it is')
      t.equal(change.made(bridge), fault.made ? 1 : 0, 'law 4: and so it is in Alma')

      bridge.alma.control.clearFaults()
      // Once the calls of the day are spent, partners wait for the next one.
      const spent = fault.kind.kind === 'threshold' && fault.kind.which === 'day'
      t.equal(toldBy(await send()), spent ? 'no' : 'yes', 'when it comes again it is done')
      t.equal(change.made(bridge), spent ? 0 : 1, 'law 2: once')
      t.ok(bridge.executed(change.operation).length <= 1, 'and Alma was made to do it once')
    })
  }
}

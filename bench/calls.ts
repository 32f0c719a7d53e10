/**
 * How many calls to the library system each transaction costs, by the log of the simulated Alma: a real bridge, a
 * real socket, and the budget of every transaction.
 */
import { connect, type Socket } from 'node:net'
import { startAlmaSimulator, type AlmaSimulator } from '../simulators/alma/simulator.ts'
import { silentLog } from '../src/runtime/log.ts'
import { Bridge } from '../src/server.ts'
import { type ListenerName, makeBenchConfig } from './bench-config.ts'
import { type Report, verdict } from './report.ts'
import { transactionDate } from './workload.ts'

/** Anna has three loans, two holds and a fee, Emma three fees, Jonas has nothing. */
const anna = '21234000000001'
const jonas = '21234000000002'
const emma = '21234000000007'
const [rose, bridges, science, verwandlung, rhine, creatures, birds, stars] = [
  '31234000000001',
  '31234000000002',
  '31234000000003',
  '31234000000004',
  '31234000000005',
  '31234000000009',
  '31234000000013',
  '31234000000016',
] as const
const annasLoans = 3
/** Title for which Anna waits. */
const wanted = 'City Planning Today'

/** One transaction, as a machine or a partner makes it. */
interface Row {
  readonly transaction: string
  readonly budget: number
  /** Whose profile counts; a listener for each. */
  readonly listener?: ListenerName
  /** What the session or the process knows already. */
  readonly before?: readonly Ask[]
  readonly ask: Ask
}

interface Ask {
  readonly message: string | (() => string)
  /** What a good answer matches. */
  readonly good: RegExp
  readonly over?: 'ncip'
}

const institution = 'AO01DEMO_INST|'
let number = 0
const now = (): string => transactionDate((number += 1))

const sip2 = (good: RegExp, message: () => string): Ask => ({ message, good })
const login = sip2(/^941/, () => '9300CNkiosk|COkiosk|')
const status = sip2(/^98Y/, () => '9900802.00')
const patronStatus = (patron: string) => sip2(/^24/, () => `23001${now()}${institution}AA${patron}|AC|`)
const patronInformation = (patron: string, summary = ' '.repeat(10)) =>
  sip2(/^64/, () => `63001${now()}${summary}${institution}AA${patron}|`)
const checkout = (patron: string, item: string, due = '') =>
  sip2(/^121/, () => {
    const noBlock = due === '' ? 'N' : 'Y'
    return `11N${noBlock}${now()}${due.padEnd(18)}${institution}AA${patron}|AB${item}|AC|`
  })
const checkin = (item: string) => sip2(/^101/, () => `09N${now()}${now()}AP|${institution}AB${item}|AC|`)
const renew = (patron: string, item: string) =>
  sip2(/^301/, () => `29NN${now()}${' '.repeat(18)}${institution}AA${patron}|AB${item}|`)
const renewAll = (patron: string) => sip2(/^661/, () => `65${now()}${institution}AA${patron}|`)
const feePaid = (patron: string, amount = '0.10', type = '00') =>
  sip2(/^38Y/, () => `37${now()}01${type}EURBV${amount}|${institution}AA${patron}|BK${number}|`)
const placeHold = (patron: string, fields: string, mode = '+') =>
  sip2(/^161/, () => `15${mode}${now()}${institution}AA${patron}|${fields}`)
const blockPatron = (patron: string) => sip2(/^24Y/, () => `01N${now()}${institution}ALlost|AA${patron}|AC|`)
const patronEnable = (patron: string) => sip2(/^26 /, () => `25${now()}${institution}AA${patron}|`)
const itemStatusUpdate = (item: string) => sip2(/^201/, () => `19${now()}${institution}AB${item}|CHtag|`)
const itemInformation = (item: string) => sip2(/^18/, () => `17${now()}${institution}AB${item}|`)
const endSession = (patron: string) => sip2(/^36Y/, () => `35${now()}${institution}AA${patron}|`)

const nextYear = `${new Date().getUTCFullYear() + 1}0105    120000`

const ncip = (service: string, ...content: string[]): Ask => ({
  message:
    `<NCIPMessage version="http://www.niso.org/schemas/ncip/v2_02/ncip_v2_02.xsd"><${service}><InitiationHeader>` +
    '<FromAgencyId><AgencyId>PARTNER</AgencyId></FromAgencyId><ToAgencyId><AgencyId>01DEMO_INST</AgencyId></ToAgencyId>' +
    `</InitiationHeader>${content.join('')}</${service}></NCIPMessage>`,
  good: /^(?!.*Problem)/s,
  over: 'ncip',
})
const user = (id: string): string => `<UserId><UserIdentifierValue>${id}</UserIdentifierValue></UserId>`
const item = (id: string): string => `<ItemId><ItemIdentifierValue>${id}</ItemIdentifierValue></ItemId>`

const hold =
  '<RequestType>Hold</RequestType><RequestScopeType>Item</RequestScopeType><PickupLocation>MAIN</PickupLocation>'

/** Every row of the design's table. */
export const rows: readonly Row[] = [
  { transaction: 'log-in', budget: 0, ask: login },
  { transaction: 'status', budget: 0, ask: status },
  { transaction: 'end session', budget: 0, before: [patronStatus(anna)], ask: endSession(anna) },
  { transaction: 'patron status', budget: 1, ask: patronStatus(anna) },
  {
    transaction: 'patron status, again in the session',
    budget: 0,
    before: [patronStatus(anna)],
    ask: patronStatus(anna),
  },
  { transaction: 'patron information, cheap counts', budget: 1, ask: patronInformation(anna) },
  { transaction: 'patron information, cheap counts, one list', budget: 2, ask: patronInformation(anna, '  Y       ') },
  { transaction: 'patron information, exact counts', budget: 4, listener: 'exact', ask: patronInformation(anna) },
  {
    transaction: 'patron information, exact counts, another list or page',
    budget: 0,
    listener: 'exact',
    before: [patronInformation(anna)],
    ask: patronInformation(anna, '  Y       '),
  },
  {
    transaction: 'patron information, exact counts, nothing to count',
    budget: 1,
    listener: 'exact',
    ask: patronInformation(jonas),
  },
  { transaction: 'checkout', budget: 1, ask: checkout(anna, rose) },
  { transaction: 'checkout, due date given by the kiosk', budget: 2, ask: checkout(anna, rose, nextYear) },
  { transaction: 'checkout, media type, item not known', budget: 2, listener: 'media', ask: checkout(anna, rose) },
  { transaction: 'checkin', budget: 1, before: [checkout(jonas, bridges)], ask: checkin(bridges) },
  { transaction: 'checkin, ids not known', budget: 3, ask: checkin(creatures) },
  { transaction: 'renew', budget: 1, before: [checkout(jonas, science)], ask: renew(jonas, science) },
  { transaction: 'renew, loan not known', budget: 2, ask: renew(anna, creatures) },
  { transaction: `renew all, ${annasLoans} loans`, budget: 1 + annasLoans, ask: renewAll(anna) },
  { transaction: 'fee paid', budget: 2, before: [patronStatus(anna)], ask: feePaid(anna) },
  { transaction: 'fee paid, patron not known', budget: 3, ask: feePaid(anna) },
  {
    transaction: 'fee paid, over two fees',
    budget: 3,
    listener: 'spread',
    before: [patronStatus(emma)],
    ask: feePaid(emma, '26.00'),
  },
  { transaction: 'fee written off', budget: 2, before: [patronStatus(emma)], ask: feePaid(emma, '10.00', '06') },
  { transaction: 'fee written off, patron not known', budget: 3, ask: feePaid(emma, '10.00', '06') },
  { transaction: 'hold on an item', budget: 1, before: [itemInformation(rose)], ask: placeHold(jonas, `AB${rose}|`) },
  { transaction: 'hold on an item, ids not known', budget: 2, ask: placeHold(jonas, `AB${rose}|`) },
  { transaction: 'hold on any copy, ids not known', budget: 2, ask: placeHold(jonas, `AB${rose}|BY2|`) },
  { transaction: 'hold at one branch, ids not known', budget: 3, ask: placeHold(jonas, `AB${rose}|BY4|`) },
  { transaction: 'hold changed', budget: 3, ask: placeHold(anna, `AJ${wanted}|BSMAIN|`, '*') },
  { transaction: 'hold deleted', budget: 2, ask: placeHold(anna, `AJ${wanted}|`, '-') },
  { transaction: 'block patron', budget: 2, ask: blockPatron(jonas) },
  { transaction: 'patron enable', budget: 2, before: [blockPatron(jonas)], ask: patronEnable(jonas) },
  { transaction: 'patron enable, nothing to lift', budget: 1, ask: patronEnable(jonas) },
  { transaction: 'item status update', budget: 2, before: [itemInformation(rose)], ask: itemStatusUpdate(rose) },
  { transaction: 'item status update, ids not known', budget: 3, ask: itemStatusUpdate(rose) },
  { transaction: 'item information', budget: 1, before: [itemInformation(rose)], ask: itemInformation(rose) },
  { transaction: 'item information, ids not known', budget: 2, ask: itemInformation(rose) },
  {
    transaction: 'item information, requested',
    budget: 2,
    before: [itemInformation(birds)],
    ask: itemInformation(birds),
  },
  { transaction: 'item information, requested, ids not known', budget: 3, ask: itemInformation(birds) },
  { transaction: 'LookupUser', budget: 1, ask: ncip('LookupUser', user(anna)) },
  {
    transaction: 'LookupUser with loans, requests and fees',
    budget: 4,
    ask: ncip('LookupUser', user(anna), '<LoanedItemsDesired/><RequestedItemsDesired/><UserFiscalAccountDesired/>'),
  },
  { transaction: 'LookupItem, ids not known', budget: 2, ask: ncip('LookupItem', item(verwandlung)) },
  { transaction: 'CheckOutItem', budget: 1, ask: ncip('CheckOutItem', user(jonas), item(rhine)) },
  { transaction: 'CheckInItem, ids not known', budget: 3, ask: ncip('CheckInItem', item(stars)) },
  { transaction: 'RenewItem, loan not known', budget: 2, ask: ncip('RenewItem', user(anna), item(creatures)) },
  {
    transaction: 'RequestItem, ids not known',
    budget: 2,
    ask: ncip('RequestItem', user(jonas), item(creatures), hold),
  },
]

export interface CallCount {
  readonly transaction: string
  readonly budget: number
  readonly calls: readonly string[]
}

/** Every row against a library as it was loaded, over a connection of its own and with nothing remembered. */
export async function measureCalls(): Promise<CallCount[]> {
  const alma = await startAlmaSimulator({ perSecond: 'none' })
  try {
    const counts: CallCount[] = []
    for (const row of rows) counts.push({ ...row, calls: await countCalls(row, alma) })
    return counts
  } finally {
    await alma.close()
  }
}

async function countCalls({ listener = 'cheap', before = [], ask }: Row, alma: AlmaSimulator): Promise<string[]> {
  alma.control.reset()
  const bridge = new Bridge(makeBenchConfig({ almaUrl: alma.url, almaKey: alma.apiKey }), silentLog)
  await bridge.start()
  const { sip2: listeners, http } = bridge.addresses
  const socket = connect(listeners.find(({ name }) => name === listener)?.address.port ?? 0, '127.0.0.1')
  const send = async ({ message, good, over }: Ask): Promise<void> => {
    const text = typeof message === 'string' ? message : message()
    const answer = await (over === 'ncip' ? post(http.port, text) : exchange(socket, text))
    if (!good.test(answer)) throw new Error(`${text} was answered with ${answer}`)
  }
  try {
    for (const earlier of before) await send(earlier)
    alma.control.clearCalls()
    await send(ask)
    return alma.control.calls().map(({ operation }) => operation)
  } finally {
    socket.destroy()
    await bridge.stop()
  }
}

async function post(port: number, message: string): Promise<string> {
  const headers = { 'content-type': 'application/xml; charset=utf-8' }
  const response = await fetch(`http://127.0.0.1:${port}/ncip`, { method: 'POST', headers, body: message })
  return response.text()
}

function exchange(socket: Socket, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const take = (chunk: Buffer): void => {
      received += chunk.toString('latin1')
      if (!received.endsWith('\r')) return
      socket.off('data', take).off('error', reject)
      resolve(received.trimEnd())
    }
    socket.on('data', take).once('error', reject)
    socket.write(`${line}\r`)
  })
}

/** A table with the budget beside every count. */
export async function run(): Promise<Report> {
  const counts = await measureCalls()
  const within = ({ calls, budget }: CallCount): boolean => calls.length <= budget
  const width = Math.max(...counts.map(({ transaction }) => transaction.length))
  return {
    ok: counts.every(within),
    lines: [
      `${'calls to the library system'.padEnd(width)}  calls  budget`,
      ...counts.map((count) => {
        const { transaction, calls, budget } = count
        const figures = `${String(calls.length).padStart(5)}  ${String(budget).padStart(6)}`
        const detail = calls.length === 0 ? '' : `  (${calls.join(', ')})`
        return `${transaction.padEnd(width)}  ${figures}  ${verdict(within(count))}${detail}`
      }),
    ],
  }
}

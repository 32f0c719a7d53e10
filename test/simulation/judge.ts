/** Compares what the machines were told, what Alma did and what the journal holds. */
import { endOfLocalDay } from '../../simulators/alma/state/local-time.ts'
import type { BridgeProcess } from './bridge-process.ts'
import { deadlineMs } from './bridge-process.ts'
import type { Errand, Finding } from '../errands/errand.ts'
import type { Errands } from './errands.ts'
import type { Deed, Floor, Thing } from './floor.ts'
import type { Effect, Institution } from './institution.ts'
import { type JournalRow, readJournal } from './journal-rows.ts'
import type { Law, LawBook } from './laws.ts'
import { barcodes, firstHolders, patrons } from './library.ts'
import type { Disk } from './disk.ts'
import { dueToldOf } from './requests.ts'

export interface Judged {
  readonly floor: Floor
  readonly errands: Errands
  readonly institution: Institution
  readonly disk: Disk
  readonly lives: readonly BridgeProcess[]
  readonly laws: LawBook
}

export function judge(judged: Judged): void {
  const rows = readJournal(judged.disk.database)
  judgeReplies(judged)
  judgeCounts(judged, rows)
  for (const thing of judged.floor.things) {
    judgeReturns(thing, judged)
    judgeState(thing, judged, rows)
  }
  judgeOrder(judged)
  judgeErrands(judged, rows)
  for (const row of rows) {
    const open = row.state === 'under-way' || row.state === 'unsettled' || row.state === 'queued'
    judged.laws.check('settled', !open, () => `a ${row.kind} is ${row.state} in the end`)
  }
}

/** What a reply may take beyond the deadline: the grace of the deadline itself, and the disk's and the loop's time. */
const replySlackMs = 350

function judgeReplies({ lives, laws }: Judged): void {
  for (const { wires } of lives) {
    for (const { exchanges, broken } of wires) {
      let free = 0
      for (const { deliveredAt, answeredAt } of exchanges) {
        if (answeredAt === undefined) {
          laws.check('one-answer', broken, () => `a request of ${deliveredAt.toFixed(0)} ms has no reply`)
          continue
        }
        const took = answeredAt - Math.max(deliveredAt, free)
        free = answeredAt
        laws.check('one-answer', took <= deadlineMs + replySlackMs, () => `a reply took ${took.toFixed(0)} ms`)
      }
    }
  }
}

/** Payments of one patron under one transaction id and amount cannot be told apart; all others can. */
const groupOf = ({
  kind,
  patron,
  item,
  minor,
  transaction,
}: Pick<Deed, 'kind' | 'minor' | 'transaction'> & {
  patron: string
  item: string
}): string =>
  kind === 'pay-fee' ? `pay ${patron} ${transaction} ${minor}` : `${kind} ${kind === 'checkin' ? '' : patron} ${item}`

const groupOfDeed = (deed: Deed): string => groupOf({ ...deed, patron: deed.patron.id, item: deed.item?.barcode ?? '' })

const onFloor = new Set([...patrons.map(({ id }) => id), ...barcodes])
const isOnFloor = ({ patron, item }: Effect): boolean => onFloor.has(item === '' ? patron : item)

/** A transaction id of the bridge's own stands for none. */
const groupOfEffect = (effect: Effect): string =>
  groupOf({ ...effect, transaction: effect.externalId.startsWith('BK') ? effect.externalId : '' })

function groupOfRow({ kind, details }: JournalRow, { floor }: Judged): string {
  const patron = floor.deeds.find(
    ({ patron: { card, id } }) => card === details.patron || id === details.patron,
  )?.patron
  const transaction = details.externalTransactionId ?? ''
  return groupOf({
    kind,
    patron: patron?.id ?? '',
    item: details.item ?? '',
    minor: details.amount?.minor ?? 0,
    transaction: transaction.startsWith('BK') ? transaction : '',
  })
}

function judgeCounts(judged: Judged, rows: readonly JournalRow[]): void {
  const { floor, institution, laws } = judged
  const effects = Map.groupBy(institution.effects.filter(isOnFloor), groupOfEffect)
  const deeds = Map.groupBy(
    floor.deeds.filter(({ sent }) => sent > 0),
    groupOfDeed,
  )
  const written = Map.groupBy(rows, (row) => groupOfRow(row, judged))
  for (const group of effects.keys()) {
    laws.check('once', deeds.has(group), () => `nobody asked for ${group}`)
  }
  for (const [group, all] of deeds) {
    const made = effects.get(group)?.length ?? 0
    const own = written.get(group) ?? []
    const exceptions = own.filter(({ state }) => state === 'exception').length
    const told = (answer: Deed['told']): number => all.filter((deed) => deed.told === answer).length
    const isMoney = all[0]?.kind === 'pay-fee'
    const what = (): string =>
      `${group}: meant ${all.length} times, told yes ${told('yes')}, no ${told('no')}, unknown ${told('unknown')}; ` +
      `made ${made}, exceptions ${exceptions}, journal ${own.map(({ state }) => state).join(' ')}`
    const kept = isMoney ? 'money' : 'kept'
    laws.check(kept, told('yes') <= made + exceptions, () => `lost: ${what()}`)
    // A scan of what lies there already changes nothing; returns are judged by the loans that they end.
    if (all[0]?.kind === 'checkin') continue
    laws.check(isMoney ? 'money' : 'once', made <= all.length, () => `twice: ${what()}`)
    laws.check('truth', made <= all.length - told('no'), () => `told no, but: ${what()}`)
    const done = own.filter(({ state }) => state === 'done').length
    laws.check('settled', done <= made, () => `the journal says done, but: ${what()}`)
    laws.check('settled', made <= done + exceptions, () => `the journal does not know: ${what()}`)
  }
}

/** No loan is ended by a return from before it, and no acknowledged return is missing. */
function judgeReturns({ barcode }: Thing, { floor, institution, laws }: Judged): void {
  const deeds = floor.deeds.filter(({ item, sent }) => item?.barcode === barcode && sent > 0)
  const scans = institution.effects.filter(({ kind, item }) => kind === 'checkin' && item === barcode)
  const returns = deeds.filter(({ kind }) => kind === 'checkin')
  for (const { atMs, endedLoanOf } of scans) {
    if (endedLoanOf === '') continue
    const isLent = ({ kind, patron }: Deed): boolean => kind === 'checkout' && patron.id === endedLoanOf
    const lentAt = firstHolders.get(barcode)?.id === endedLoanOf ? -1 : (deeds.find(isLent)?.beganAt ?? -1)
    const meant = returns.some(({ beganAt }) => beganAt >= lentAt && beganAt <= atMs)
    laws.check('once', meant, () => `a return from before ended the loan of ${barcode} to ${endedLoanOf}`)
  }
}

function judgeState(thing: Thing, judged: Judged, rows: readonly JournalRow[]): void {
  const { institution, laws, floor } = judged
  const { barcode, aside, holder } = thing
  const excepted = rows.some(({ state, details }) => state === 'exception' && details.item === barcode)
  if (aside || excepted || floor.deeds.every(({ item }) => item !== thing)) return
  const actual = institution.control.store.itemByBarcode(barcode)?.loan?.user.primaryId
  laws.check('state', actual === holder?.id, () => `${barcode} is with ${holder?.id}, and Alma says ${actual}`)
  judgeDue(thing, judged)
}

/** As the library lends, and as the bridge promises while Alma is away. */
const lendingDays = [28, 14]
const minuteMs = 60_000

/** On a day of the library's own, or when the patron was told by a machine that was off line. */
function judgeDue({ barcode, holder }: Thing, { institution, laws, floor }: Judged): void {
  const { store } = institution.control
  const loan = store.itemByBarcode(barcode)?.loan
  if (!loan || loan.renewals > 0 || loan.user.primaryId !== holder?.id) return
  const lent = floor.deeds.filter(
    ({ item, kind, patron, sent }) => item?.barcode === barcode && kind === 'checkout' && patron === holder && sent > 0,
  )
  const ends = lendingDays.map((days) => endOfLocalDay(loan.loanedAt, days, store.institution.zone))
  const isRight =
    lent.length === 0 ||
    // The last minute of a day begins as Alma has it, and ends as the bridge has it.
    ends.some((end) => loan.dueAt >= end && loan.dueAt < end + minuteMs) ||
    lent.some((deed) => deed.reported && dueToldOf(deed) === loan.dueAt)
  laws.check('state', isRight, () => `${barcode} is due ${new Date(loan.dueAt).toISOString()}, which nobody was told`)
}

/** What ended before something else began at the same item or by the same patron is made before it. */
function judgeOrder({ floor, institution, laws }: Judged): void {
  const groups = Map.groupBy(floor.deeds, groupOfDeed)
  const single = floor.deeds.filter((deed) => deed.kind !== 'checkin' && groups.get(groupOfDeed(deed))?.length === 1)
  const madeAt = new Map(institution.effects.map((effect) => [groupOfEffect(effect), effect.atMs]))
  for (const later of single) {
    const laterAt = madeAt.get(groupOfDeed(later))
    if (laterAt === undefined) continue
    for (const earlier of single) {
      const related = earlier.item === later.item ? earlier.item !== undefined : earlier.patron === later.patron
      const earlierAt = madeAt.get(groupOfDeed(earlier))
      if (!related || earlier.told !== 'yes' || earlierAt === undefined || !isBefore(earlier, later)) continue
      const text = () => `deed ${later.number} was made before deed ${earlier.number}, which had been promised`
      laws.check('order', earlierAt <= laterAt, text)
    }
  }
}

/** Machines tell the time in whole seconds. */
const stampMs = 1000

const isBefore = (earlier: Deed, later: Deed): boolean =>
  earlier !== later &&
  (earlier.reported && later.reported && earlier.machine === later.machine
    ? earlier.beganAt < later.beganAt
    : earlier.endedAt + stampMs <= later.beganAt)

const lawOf: Readonly<Record<Finding['kind'], Law>> = {
  loss: 'kept',
  denied: 'truth',
  double: 'once',
  cents: 'money',
  spoilt: 'state',
}

function judgeErrands({ errands, institution, laws }: Judged, rows: readonly JournalRow[]): void {
  const exceptions = rows.filter(({ state }) => state === 'exception')
  const isExcepted = ({ kind, patron, item, minor }: Errand): boolean =>
    exceptions.some(
      ({ kind: other, details }) =>
        other === kind && details.patron === patron && details.item === item && details.amount?.minor === minor,
    )
  for (const subject of errands.subjects) {
    const findings = subject.judge(institution.control.store, isExcepted)
    if (findings.length === 0) laws.check('state', true, () => '')
    for (const { kind, about } of findings) laws.check(lawOf[kind], false, () => about)
  }
}

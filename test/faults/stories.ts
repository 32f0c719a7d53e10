/**
 * What happens at the machines: books that go out and come back, payments, requests. A story ends where nobody knows
 * any more how things stand, as people then go to the desk.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { checkin, checkout, feePaid, patronStatus, renew } from '../helpers/raw-sip2.ts'
import { AccountSubject } from '../errands/account.ts'
import { CardSubject } from '../errands/card.ts'
import type { Subject } from '../errands/errand.ts'
import { HoldSubject } from '../errands/hold.ts'
import { NoteSubject } from '../errands/note.ts'
import { ShelfSubject } from '../errands/shelf.ts'
import { item as itemId, requestRef, user as userId } from '../helpers/ncip.ts'
import type { Kiosk } from './kiosk.ts'
import type { Library } from './library.ts'
import type { Operations, Told } from './operation.ts'
import type { Partner } from './partner.ts'
import type { Random } from './random.ts'

export interface Scene {
  readonly library: Library
  readonly operations: Operations
  /** Those of the errands so far. */
  readonly subjects: Subject[]
  readonly random: Random
  /** False when no further operation is to begin. */
  readonly goesOn: () => boolean
}

/** How often a patron who was told no tries the same as a new event. */
const tries = 3

const isKnown = (told: Told): boolean => told === 'yes' || told === 'no'

const berlin = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Berlin',
  dateStyle: 'short',
  timeStyle: 'medium',
})

/** A transaction date in the library's time. */
export const stampOf = (ms: number): string => berlin.format(ms).replaceAll(/[-:]/g, '').replace(' ', '    ')

/** No machine does the same twice in one second, by which its clock would tell the two apart. */
const passSecond = (): Promise<void> => sleep(1000)

const now = (): string => stampOf(Date.now())

/** One book goes out, is renewed, comes back, and goes out again, sometimes to the same patron. */
export async function lendAndReturn(kiosk: Kiosk, scene: Scene): Promise<void> {
  const { library, random } = scene
  const item = library.takeItem()
  let patron = library.takePatron()
  for (let turns = random.between(1, 3); turns > 0 && scene.goesOn(); turns -= 1) {
    if (random.chance(0.5)) await kiosk.ask(patronStatus(patron))
    if (!(await insist(scene, () => lend(kiosk, scene, patron, item)))) return
    if (random.chance(0.5) && !(await insist(scene, () => extend(kiosk, scene, patron, item)))) return
    if (!(await insist(scene, () => takeBack(kiosk, scene, item)))) return
    if (random.chance(0.7)) patron = library.takePatron()
    else await passSecond()
  }
  if (random.chance(0.5)) await insist(scene, () => lend(kiosk, scene, patron, item))
}

/** A machine cannot finish what it was told yes for, and takes it back: first the loan, later the return. */
export async function takeBackAtOnce(kiosk: Kiosk, scene: Scene): Promise<void> {
  const { library } = scene
  const item = library.takeItem()
  const patron = library.takePatron()
  if (!(await insist(scene, () => lend(kiosk, scene, patron, item)))) return
  if (!(await insist(scene, () => takeBack(kiosk, scene, item, 'cancel')))) return
  await passSecond()
  if (!(await insist(scene, () => lend(kiosk, scene, patron, item)))) return
  if (!(await insist(scene, () => takeBack(kiosk, scene, item)))) return
  await insist(scene, () => lend(kiosk, scene, patron, item, 'cancel'))
}

type Mode = 'usual' | 'cancel'

async function lend(
  kiosk: Kiosk,
  { operations }: Scene,
  patron: string,
  item: string,
  mode: Mode = 'usual',
): Promise<Told> {
  const operation = operations.begin({ machine: kiosk.name, kind: 'checkout', patron, item })
  return kiosk.perform(operation, checkout(patron, item, { stamp: now(), cancel: mode === 'cancel' }))
}

async function extend(kiosk: Kiosk, { operations }: Scene, patron: string, item: string): Promise<Told> {
  const operation = operations.begin({ machine: kiosk.name, kind: 'renew', patron, item })
  return kiosk.perform(operation, renew(patron, item, now()))
}

async function takeBack(kiosk: Kiosk, { operations }: Scene, item: string, mode: Mode = 'usual'): Promise<Told> {
  const operation = operations.begin({ machine: kiosk.name, kind: 'checkin', item })
  return kiosk.perform(operation, checkin(item, now(), mode === 'cancel'))
}

/** @returns whether it was done in the end; when that is not known, nothing more is to be done with it. */
async function insist({ goesOn }: Scene, act: () => Promise<Told>): Promise<boolean> {
  for (let left = tries; left > 0; left -= 1) {
    if (left < tries) await passSecond()
    const told = await act()
    if (told === 'yes') return true
    if (!isKnown(told) || !goesOn()) return false
  }
  return false
}

/** A machine that was off line tells what happened meanwhile, some minutes late. */
export async function uploadLoans(kiosk: Kiosk, scene: Scene): Promise<void> {
  const { library, operations, random } = scene
  const patron = library.takePatron()
  const loans = Array.from({ length: random.between(2, 4) }, () => library.takeItem())
  const began = Date.now() - random.between(300_000, 3_600_000)
  for (const [index, item] of loans.entries()) {
    const at = began + index * 2000
    const dueAt = at - (at % 1000) + 14 * 86_400_000
    const lent = operations.begin({ machine: kiosk.name, kind: 'checkout', patron, item, reported: true, dueAt })
    const due = stampOf(dueAt)
    const told = await kiosk.perform(lent, checkout(patron, item, { noBlock: true, due, stamp: stampOf(at) }))
    if (!isKnown(told) || !scene.goesOn()) return
    if (told === 'no' || random.chance(0.4)) continue
    if (random.chance(0.3)) {
      const extended = operations.begin({ machine: kiosk.name, kind: 'renew', patron, item })
      const line = renew(patron, item, stampOf(at + 1000), due)
      if (!isKnown(await kiosk.perform(extended, line)) || !scene.goesOn()) return
      continue
    }
    const returned = operations.begin({ machine: kiosk.name, kind: 'checkin', item, reported: true })
    const line = checkin(item, stampOf(at + 1000)).replace(/^09N/, '09Y')
    if (!isKnown(await kiosk.perform(returned, line)) || !scene.goesOn()) return
  }
}

/** What one machine does to one record, one thing after the other. */
export async function runErrands(kiosk: Kiosk, scene: Scene): Promise<void> {
  const { random, subjects } = scene
  const subject = takeSubject(scene)
  subjects.push(subject)
  for (let left = random.between(2, 5); left > 0 && scene.goesOn(); left -= 1) {
    const errand = subject.draw(random, kiosk)
    if (errand === undefined || !isKnown(await kiosk.run(errand, now()))) return
    // They may be asked for again in the same words, which tell two events apart by their time alone.
    if (errand.kind === 'enable-patron' || errand.kind === 'cancel-hold') await passSecond()
    else await sleep(random.between(50, 300))
  }
}

function takeSubject({ library, random }: Scene): Subject {
  const families: readonly (() => Subject)[] = [
    () => new HoldSubject(library.takePatron(), library.takeItem(), random.chance(0.5)),
    () => new CardSubject(library.takePatron(), library.store),
    () => new NoteSubject(library.takeItem(), library.store),
    () => {
      const debts = [700, 1100, 1900]
      const card = library.takeDebtor(debts)
      return new AccountSubject(
        card,
        debts.map((minor, at) => ({ id: library.feeOf(card, at), minor })),
      )
    },
    () => {
      const { card, barcodes } = library.takeBorrower(3)
      return new ShelfSubject(card, barcodes)
    },
  ]
  return random.pick(families)()
}

/** A debtor pays by and by: with and without a transaction id, one fee or the oldest first. */
export async function payByAndBy(kiosk: Kiosk, scene: Scene): Promise<void> {
  const { library, random } = scene
  const patron = library.takeDebtor([1000, 1000, 1000])
  // Pay stations often use one id for all payments of a visit.
  const shared = random.chance(0.3) ? `BK${patron}` : undefined
  for (let part = 1; part <= random.between(2, 5) && scene.goesOn(); part += 1) {
    const own = random.chance(0.5) ? `BK${patron}-${part}` : undefined
    const told = await pay(kiosk, scene, patron, random.between(part * 100, part * 100 + 99), shared ?? own)
    // The next payment under the same id would not be told from one of which nobody knows.
    if (!isKnown(told)) return
  }
}

/** Several machines take payments of one patron at once. */
export async function payTogether(kiosks: readonly Kiosk[], scene: Scene): Promise<void> {
  const patron = scene.library.takeDebtor([2000, 2000])
  await Promise.all(
    kiosks.map((kiosk, index) => pay(kiosk, scene, patron, 101 + index * 7, `BK${patron}-${kiosk.name}`)),
  )
}

async function pay(
  kiosk: Kiosk,
  { operations }: Scene,
  patron: string,
  minor: number,
  transaction: string | undefined,
): Promise<Told> {
  const operation = operations.begin({ machine: kiosk.name, kind: 'pay-fee', patron, minor, transaction })
  const amount = (minor / 100).toFixed(2)
  return kiosk.perform(operation, feePaid(patron, amount, transaction === undefined ? '' : `BK${transaction}|`, now()))
}

/** Several machines want to lend one book at once, each to another patron; whoever got it brings it back. */
export async function fightForBook(kiosks: readonly Kiosk[], scene: Scene): Promise<void> {
  const { library, random } = scene
  const item = library.takeItem()
  for (let rounds = random.between(1, 3); rounds > 0 && scene.goesOn(); rounds -= 1) {
    const told = await Promise.all(kiosks.map((kiosk) => lend(kiosk, scene, library.takePatron(), item)))
    if (!told.every(isKnown)) return
    if (told.includes('yes') && !(await insist(scene, () => takeBack(random.pick(kiosks), scene, item)))) return
  }
}

/** A partner lends a book to its user and takes it back. */
export async function lendForPartner(partner: Partner, scene: Scene): Promise<void> {
  const { library, operations, random } = scene
  const item = library.takeItem()
  for (let turns = random.between(1, 2); turns > 0 && scene.goesOn(); turns -= 1) {
    const patron = library.takePatron()
    const lent = operations.begin({ machine: partner.name, kind: 'checkout', patron, item })
    await partner.perform(lent, 'CheckOutItem', userId(patron) + itemId(item))
    if (lent.told !== 'yes') return
    const returned = operations.begin({ machine: partner.name, kind: 'checkin', item })
    await partner.perform(returned, 'CheckInItem', itemId(item))
    if (returned.told !== 'yes') return
  }
}

/** A partner requests a book for its user, and sometimes cancels that. */
export async function requestForPartner(partner: Partner, scene: Scene): Promise<void> {
  const { library, operations, random } = scene
  const item = library.takeItem()
  const patron = library.takePatron()
  const placed = operations.begin({ machine: partner.name, kind: 'place-hold', patron, item })
  const wish = `${userId(patron)}${itemId(item)}<PickupLocation>MAIN</PickupLocation>`
  const id = await partner.perform(placed, 'RequestItem', wish)
  if (placed.told !== 'yes' || id === '' || random.chance(0.4) || !scene.goesOn()) return
  const cancelled = operations.begin({ machine: partner.name, kind: 'cancel-hold', patron, item })
  await partner.perform(cancelled, 'CancelRequestItem', userId(patron) + requestRef(id))
}

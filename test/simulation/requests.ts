/** The lines that a simulated kiosk sends. [SIP2 2.00] */
import { appendChecksum } from '../helpers/checksum.ts'
import type { Deed } from './floor.ts'
import { wallEpoch } from './scheduler.ts'

const institution = 'AO01SIM_INST|'
const blankDate = ' '.repeat(18)

/** A moment as the machine writes it, in universal time. */
export const stampOf = (now: number): string => {
  const [date = '', time = ''] = new Date(wallEpoch + now).toISOString().slice(0, 19).split('T')
  return `${date.replaceAll('-', '')}   Z${time.replaceAll(':', '')}`
}

/** For how long a machine lends that is off line. */
const alonePeriodMs = 14 * 86_400_000

/** The due date that it told the patron then, in milliseconds since 1970. */
export const dueToldOf = ({ beganAt }: Deed): number => {
  const at = wallEpoch + beganAt + alonePeriodMs
  return at - (at % 1000)
}

export const loginLine = (user: string): string => `9300CN${user}|COsecret|CP|`

export function writeDeed({ kind, patron, item, minor, transaction, reported, cancels, beganAt }: Deed): string {
  const stamp = stampOf(beganAt)
  const noBlock = reported ? 'Y' : 'N'
  const AA = `AA${patron.card}|`
  const AB = `AB${item?.barcode}|`
  const BI = cancels ? 'BIY|' : ''
  const due = reported ? stampOf(beganAt + alonePeriodMs) : blankDate
  switch (kind) {
    case 'checkout':
      return `11N${noBlock}${stamp}${due}${institution}${AA}${AB}AC|${BI}`
    case 'checkin':
      return `09${noBlock}${stamp}${stamp}AP|${institution}${AB}AC|${BI}`
    case 'renew':
      return `29N${noBlock}${stamp}${due}${institution}${AA}${AB}AC|`
    case 'pay-fee': {
      const BK = transaction === '' ? '' : `BK${transaction}|`
      return `37${stamp}0100EUR${institution}${AA}AC|BV${(minor / 100).toFixed(2)}|${BK}`
    }
  }
}

export const patronInformation = (card: string, now: number): string =>
  `63000${stampOf(now)}${' '.repeat(10)}${institution}AA${card}|AC|`
export const itemInformation = (barcode: string, now: number): string =>
  `17${stampOf(now)}${institution}AB${barcode}|AC|`
export const statusLine = '9900802.00'

/** @param sequence undefined for a machine that does without error detection */
export const frame = (line: string, sequence: number | undefined): Buffer =>
  Buffer.from(`${sequence === undefined ? line : appendChecksum(line, sequence)}\r`, 'latin1')

/** As a bad line would bring it: the checksum is wrong. */
export function garble(bytes: Buffer): Buffer {
  const garbled = Buffer.from(bytes)
  garbled[bytes.length - 2] = (garbled[bytes.length - 2] ?? 0) === 0x30 ? 0x31 : 0x30
  return garbled
}

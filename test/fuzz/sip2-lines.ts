/** One good request of every kind, by the standard: what mutations begin with. [SIP2 2.00 messages] */
import type { Random } from '../simulation/random.ts'
import type { Holding } from './world.ts'

const institution = 'AO01DEMO_INST|'
const noDate = ' '.repeat(18)

const firstMoment = Date.UTC(2026, 0, 1)
const year = 365 * 86_400

/** Any second of a year, so that hardly two requests are taken for one. */
export function makeDate(random: Random): string {
  const at = new Date(firstMoment + random.integer(0, year) * 1000).toISOString()
  return `${at.slice(0, 10).replaceAll('-', '')}    ${at.slice(11, 19).replaceAll(':', '')}`
}

type MakeLine = (random: Random, holding: Holding) => string

const yesNo = (random: Random): string => random.pick(['Y', 'N'])
const itemOf = (random: Random, { items }: Holding): string => random.pick(items)
const flags = (random: Random): string => `${yesNo(random)}${random.chance(0.1) ? 'Y' : 'N'}`
const summary = (random: Random): string => {
  const at = random.integer(0, 9)
  return random.chance(0.3) ? ' '.repeat(10) : `${' '.repeat(at)}Y`.padEnd(10)
}

const lines: Readonly<Record<string, MakeLine>> = {
  '01': (random, { card }) => `01${yesNo(random)}${makeDate(random)}${institution}ALleft behind|AA${card}|AC|`,
  '09': (random, holding) => {
    const date = makeDate(random)
    return `09${random.chance(0.1) ? 'Y' : 'N'}${date}${date}AP|${institution}AB${itemOf(random, holding)}|AC|BIN|`
  },
  '11': (random, holding) =>
    `11${flags(random)}${makeDate(random)}${noDate}${institution}AA${holding.card}|AB${itemOf(random, holding)}|AC|BON|BIN|`,
  '15': (random, holding) =>
    `15${random.pick(['+', '-', '*'])}${makeDate(random)}BSMAIN|BY${random.integer(1, 4)}|${institution}AA${holding.card}|AB${itemOf(random, holding)}|`,
  '17': (random, holding) => `17${makeDate(random)}${institution}AB${itemOf(random, holding)}|AC|`,
  '19': (random, holding) => `19${makeDate(random)}${institution}AB${itemOf(random, holding)}|AC|CHshelf 4|`,
  '23': (random, { card }) => `23001${makeDate(random)}${institution}AA${card}|AC|AD|`,
  '25': (random, { card }) => `25${makeDate(random)}${institution}AA${card}|AC|AD|`,
  '29': (random, holding) =>
    `29${flags(random)}${makeDate(random)}${noDate}${institution}AA${holding.card}|AB${itemOf(random, holding)}|AC|BON|`,
  '35': (random, { card }) => `35${makeDate(random)}${institution}AA${card}|AC|`,
  '37': (random, { card }) =>
    `37${makeDate(random)}0100EUR${institution}AA${card}|BV0.0${random.integer(1, 9)}|BKt${random.integer(0, 1e9)}|`,
  '63': (random, { card }) => `63001${makeDate(random)}${summary(random)}${institution}AA${card}|AC|AD|`,
  '65': (random, { card }) => `65${makeDate(random)}${institution}AA${card}|AC|BON|`,
  '93': (random) => `9300CNnobody${random.integer(0, 99)}|COnothing|CP|`,
  '97': () => '97',
  '99': () => '9900802.00',
}

export const requestCodes: readonly string[] = Object.keys(lines)

export function makeLine(random: Random, holding: Holding, code = random.pick(requestCodes)): string {
  return (lines[code] as MakeLine)(random, holding)
}

import type { Standing } from '../../circulation/standing.ts'

/** Positions of the patron status that a bridge to Alma can know. [SIP2 2.00 patron status] */
const position = {
  chargeDenied: 0,
  holdDenied: 3,
  tooManyCharged: 5,
  tooManyOverdue: 6,
  excessiveFines: 10,
  excessiveFees: 11,
} as const

const width = 14

type Flag = keyof typeof position

/** The flag at each position, undefined where the bridge knows none. */
const flagNames: readonly (Flag | undefined)[] = Array.from({ length: width }, (_, at) =>
  (Object.keys(position) as Flag[]).find((name) => position[name] === at),
)

/** 14 characters, Y or blank; without a standing (patron not known) all that can be denied is denied. */
export function patronStatus(standing: Standing | undefined): string {
  const flags: Record<Flag, boolean> = {
    chargeDenied: standing === undefined || !standing.mayLoan,
    holdDenied: standing === undefined || !standing.mayHold,
    tooManyCharged: standing?.tooManyLoans ?? false,
    tooManyOverdue: standing?.tooManyOverdue ?? false,
    excessiveFines: standing?.owesTooMuch ?? false,
    excessiveFees: standing?.owesTooMuch ?? false,
  }
  return flagNames.map((name) => (name !== undefined && flags[name] ? 'Y' : ' ')).join('')
}

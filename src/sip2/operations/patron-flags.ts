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

/** 14 characters, Y or blank; without a standing (patron not known) all that can be denied is denied. */
export function patronStatus(standing: Standing | undefined): string {
  const flags: Record<keyof typeof position, boolean> = {
    chargeDenied: standing === undefined || !standing.mayLoan,
    holdDenied: standing === undefined || !standing.mayHold,
    tooManyCharged: standing?.tooManyLoans ?? false,
    tooManyOverdue: standing?.tooManyOverdue ?? false,
    excessiveFines: standing?.owesTooMuch ?? false,
    excessiveFees: standing?.owesTooMuch ?? false,
  }
  const characters = Array.from({ length: width }, () => ' ')
  for (const [name, at] of Object.entries(position)) {
    if (flags[name as keyof typeof position]) characters[at] = 'Y'
  }
  return characters.join('')
}

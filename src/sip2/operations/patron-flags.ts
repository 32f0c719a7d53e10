import type { Standing } from '../../circulation/standing.ts'
import { writePatronStatus } from '../positions.ts'
import type { PatronStatusFlag } from '../spec/codes.ts'

/** 14 characters, Y or blank; without a standing (patron not known) all that can be denied is denied. */
export function patronStatus(standing: Standing | undefined): string {
  // Alma tells nothing that would set another flag.
  const flags: Partial<Record<PatronStatusFlag, boolean>> = {
    chargeDenied: standing === undefined || !standing.mayLoan,
    renewalDenied: standing === undefined || !standing.mayRenew,
    holdDenied: standing === undefined || !standing.mayHold,
    tooManyCharged: standing?.tooManyLoans ?? false,
    tooManyOverdue: standing?.tooManyOverdue ?? false,
    excessiveFines: standing?.owesTooMuch ?? false,
    excessiveFees: standing?.owesTooMuch ?? false,
  }
  return writePatronStatus((Object.keys(flags) as PatronStatusFlag[]).filter((name) => flags[name]))
}

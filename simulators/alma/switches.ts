/** What institutions set differently, what is not documented, and what only some versions of the real API do. */
export interface Switches {
  /** HTTP status of an unknown key or one without the right. */
  unauthorizedStatus: 400 | 403
  /** Gateway errors come as XML although JSON was asked for. */
  gatewayErrorsInXml: boolean
  /** Absent values are explicit nulls (answers until about 2022) or left out (later ones). */
  nullsOrOmitted: 'nulls' | 'omitted'
  /** Checkout of an item that another patron has on loan. */
  loanedToOther: 'block' | 'auto-return'
  /** Checkout of an item that waits on the hold shelf for another patron. */
  heldForOther: 'block' | 'allow'
  /** Checkout of an item that was chosen for another patron's request and is still at its place. */
  requestedByOther: 'block' | 'allow'
  /** Checkout of a second copy of a title. */
  secondCopy: 'block' | 'allow'
  /** For so long after a loan a request for the title is refused with 401129. */
  staleIndexSeconds: number
  /** Whether `request-options` offer nothing for that time either. */
  staleOptions: boolean
  /** A request that is on the hold shelf is to be fetched elsewhere. */
  shelvedPickupChange: 'block' | 'allow'
  /** A request that is wanted until a day that is over. */
  pastInterest: 'block' | 'allow'
  /** A renewal answers 200 and renews nothing. */
  renewButNot200: boolean
  /** A payment of more than a fee or all fees owe; what goes beyond stays on the fee as a credit. */
  overpaid: 'refuse' | 'accept'
  /** Whether barcodes and other identifiers tell upper from lower case; primary ids never do. */
  caseSensitiveIdentifiers: boolean
  /** Whether past loans and requests are forgotten. */
  anonymizeHistory: boolean
  /** What a `limit` above 100 does. */
  limitAbove100: 'cap' | 'error'
  /** HTTP status of a correct password. */
  authSuccessStatus: 200 | 204
  /** HTTP status of a path that the API does not have. */
  unknownPathStatus: 400 | 404
}

export const defaultSwitches: Readonly<Switches> = {
  unauthorizedStatus: 400,
  gatewayErrorsInXml: false,
  nullsOrOmitted: 'omitted',
  loanedToOther: 'block',
  heldForOther: 'block',
  requestedByOther: 'block',
  secondCopy: 'block',
  staleIndexSeconds: 0,
  staleOptions: true,
  shelvedPickupChange: 'block',
  pastInterest: 'block',
  renewButNot200: false,
  overpaid: 'refuse',
  caseSensitiveIdentifiers: true,
  anonymizeHistory: false,
  limitAbove100: 'cap',
  authSuccessStatus: 204,
  unknownPathStatus: 404,
}

const choices: { readonly [Name in keyof Switches]: readonly Switches[Name][] | 'boolean' | 'seconds' } = {
  unauthorizedStatus: [400, 403],
  gatewayErrorsInXml: 'boolean',
  nullsOrOmitted: ['nulls', 'omitted'],
  loanedToOther: ['block', 'auto-return'],
  heldForOther: ['block', 'allow'],
  requestedByOther: ['block', 'allow'],
  secondCopy: ['block', 'allow'],
  staleIndexSeconds: 'seconds',
  staleOptions: 'boolean',
  shelvedPickupChange: ['block', 'allow'],
  pastInterest: ['block', 'allow'],
  renewButNot200: 'boolean',
  overpaid: ['refuse', 'accept'],
  caseSensitiveIdentifiers: 'boolean',
  anonymizeHistory: 'boolean',
  limitAbove100: ['cap', 'error'],
  authSuccessStatus: [200, 204],
  unknownPathStatus: [400, 404],
}

/** Checks switches that came from outside; throws a TypeError that names the wrong one. */
export function readSwitches(input: Readonly<Record<string, unknown>>): Partial<Switches> {
  for (const [name, value] of Object.entries(input)) {
    if (!Object.hasOwn(choices, name)) throw new TypeError(`unknown switch ${name}`)
    const allowed = choices[name as keyof Switches]
    if (
      allowed === 'boolean'
        ? typeof value !== 'boolean'
        : allowed === 'seconds'
          ? !isSeconds(value)
          : !includes(allowed, value)
    ) {
      throw new TypeError(`switch ${name} cannot be ${JSON.stringify(value)}`)
    }
  }
  return input
}

const isSeconds = (value: unknown): boolean => typeof value === 'number' && value >= 0 && Number.isFinite(value)
const includes = (allowed: readonly unknown[], value: unknown): boolean => allowed.includes(value)

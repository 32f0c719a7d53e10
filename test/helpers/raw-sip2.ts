/** SIP2 lines written and read by hand, by the tables of the standard and not by the product's. [SIP2 2.00] */

const blankDate = ' '.repeat(18)
const institution = 'AO01DEMO_INST|'

let seconds = 0

/** Now, and for every request another second, so that none is taken for one that came before. */
export function nextStamp(): string {
  seconds += 1
  const at = new Date(Date.now() + seconds * 1000)
  return at.toISOString().slice(0, 19).replaceAll('-', '').replace('T', '    ').replaceAll(':', '')
}

export interface CheckoutParts {
  readonly renewal?: boolean
  readonly noBlock?: boolean
  readonly due?: string
  readonly cancel?: boolean
  readonly stamp?: string
  readonly pin?: string
}

export const login = (user: string, password: string, location = ''): string =>
  `9300CN${user}|CO${password}|CP${location}|`

export const status = '9900802.00'

export const patronStatus = (patron: string, pin = ''): string =>
  `23001${nextStamp()}${institution}AA${patron}|AC|AD${pin}|`

export const patronInformation = (patron: string, summary = ' '.repeat(10), more = ''): string =>
  `63001${nextStamp()}${summary}${institution}AA${patron}|AC|AD|${more}`

export function checkout(patron: string, item: string, parts: CheckoutParts = {}): string {
  const { renewal = false, noBlock = false, due = blankDate, cancel = false, stamp = nextStamp(), pin = '' } = parts
  const flags = `${yesNo(renewal)}${yesNo(noBlock)}`
  return `11${flags}${stamp}${due}${institution}AA${patron}|AB${item}|AC|AD${pin}|BON|BI${yesNo(cancel)}|`
}

export const checkin = (item: string, stamp = nextStamp(), cancel = false): string =>
  `09N${stamp}${stamp}APHere|${institution}AB${item}|AC|BI${yesNo(cancel)}|`

export const itemInformation = (item: string): string => `17${nextStamp()}${institution}AB${item}|AC|`

/** @param due that the patron was told already, by a machine that was off line */
export const renew = (patron: string, item: string, stamp = nextStamp(), due = ''): string =>
  `29N${yesNo(due !== '')}${stamp}${due || blankDate}${institution}AA${patron}|AD|AB${item}|AC|BON|`

export const renewAll = (patron: string, stamp = nextStamp()): string =>
  `65${stamp}${institution}AA${patron}|AD|AC|BON|`

/** @param type of the payment, `00` for cash */
export const feePaid = (patron: string, amount: string, more = '', stamp = nextStamp(), type = '00'): string =>
  `37${stamp}01${type}EUR${institution}AA${patron}|BV${amount}|AC|AD|${more}`

export interface HoldParts {
  readonly mode?: '+' | '-' | '*'
  /** Fields such as `AB…|BY2|`. */
  readonly fields: string
  readonly stamp?: string
}

export const hold = (patron: string, { mode = '+', fields, stamp = nextStamp() }: HoldParts): string =>
  `15${mode}${stamp}${institution}AA${patron}|AC|AD|${fields}`

export const blockPatron = (patron: string, message: string, retained = false, stamp = nextStamp()): string =>
  `01${yesNo(retained)}${stamp}${institution}AL${message}|AA${patron}|AC|`

export const patronEnable = (patron: string, pin = '', stamp = nextStamp()): string =>
  `25${stamp}${institution}AA${patron}|AC|AD${pin}|`

export const itemStatusUpdate = (item: string, properties: string, stamp = nextStamp()): string =>
  `19${stamp}${institution}AB${item}|AC|CH${properties}|`

export const endSession = (patron: string): string => `35${nextStamp()}${institution}AA${patron}|AC|AD|`

const yesNo = (flag: boolean): string => (flag ? 'Y' : 'N')

/** Length of the fixed part behind the two digits of each reply. */
const fixedLengths: Readonly<Record<string, number>> = {
  '10': 22,
  '12': 22,
  '16': 20,
  '18': 24,
  '20': 19,
  '24': 35,
  '26': 35,
  '30': 22,
  '36': 19,
  '38': 19,
  '64': 59,
  '66': 27,
  '94': 1,
  '96': 0,
  '98': 34,
}

export interface RawReply {
  readonly line: string
  readonly code: string
  readonly fixed: string
  /** Values of a variable field, in order. */
  all(id: string): readonly string[]
  /** The first value of a variable field. */
  get(id: string): string | undefined
}

/** Takes a reply apart, or throws when it is not well-formed. */
export function readReply(line: string): RawReply {
  const code = line.slice(0, 2)
  const length = fixedLengths[code]
  if (length === undefined) throw new Error(`no reply has the code ${code}`)
  const fixed = line.slice(2, 2 + length)
  if (fixed.length !== length) throw new Error(`the fixed part of a ${code} is too short`)
  const fields = line
    .slice(2 + length)
    .replace(/(AY\d)?AZ[0-9A-F]{4}$/, '')
    .split('|')
  if (fields.pop() !== '') throw new Error(`a ${code} does not end with a delimiter`)
  if (fields.some((field) => !/^[A-Z]{2}/.test(field))) throw new Error(`a ${code} holds a field without a name`)
  const all = (id: string) => fields.filter((field) => field.startsWith(id)).map((field) => field.slice(2))
  return { line, code, fixed, all, get: (id) => all(id)[0] }
}

/** What kiosks ask, what the library system is asked for it, and how a good reply begins. */

export const itemBarcode = '31234000000001'
export const patronBarcode = '21234000000001'
export const primaryId = 'anna.becker'

/** Another copy for every number. */
export const numberedItem = (number: number): string => String(number).padStart(itemBarcode.length, '3')

/** Another patron for every number, with an id as long as that of the one whose answers were recorded. */
export const numberedPatron = (number: number): string => String(number).padStart(primaryId.length, '2')

export type AlmaKind = 'user' | 'lend' | 'renew' | 'scan' | 'pay' | 'item' | 'lookUp' | 'loans' | 'requests' | 'fees'

export interface AlmaPath {
  readonly method: 'GET' | 'POST'
  readonly body?: string
  /** @param loan of a renewal; any number where only the time counts */
  path(patron: string, loan?: string): string
}

const desk = { circ_desk: { value: 'DEFAULT_CIRC_DESK' }, library: { value: 'MAIN' } }
const itemPath = '/bibs/99174281130006381/holdings/22174281130006381/items/23174281130006381'

/** The calls behind the requests, as the bridge makes them. */
export const almaPaths: Readonly<Record<AlmaKind, AlmaPath>> = {
  user: {
    method: 'GET',
    path: (patron) => `/users/${patron}?view=full&expand=loans%2Crequests%2Cfees`,
  },
  lend: {
    method: 'POST',
    body: JSON.stringify(desk),
    path: (patron) => `/users/${patron}/loans?item_barcode=${itemBarcode}`,
  },
  scan: {
    method: 'POST',
    path: () => `${itemPath}?op=scan&library=MAIN&circ_desk=DEFAULT_CIRC_DESK&register_in_house_use=false&lang=en`,
  },
  renew: { method: 'POST', path: (patron, loan = '1') => `/users/${patron}/loans/${loan}?op=renew` },
  pay: { method: 'POST', path: (patron) => `/users/${patron}/fees/all?op=pay&amount=0.10&method=CASH` },
  item: { method: 'GET', path: () => `${itemPath}?view=brief` },
  lookUp: { method: 'GET', path: () => `/items?item_barcode=${itemBarcode}` },
  loans: { method: 'GET', path: (patron) => `/users/${patron}/loans?limit=100&expand=renewable` },
  requests: { method: 'GET', path: (patron) => `/users/${patron}/requests?limit=100` },
  fees: { method: 'GET', path: (patron) => `/users/${patron}/fees?status=ACTIVE` },
}

export type KindName = '09' | '11' | '17' | '23' | '29' | '35' | '37' | '63' | '99'

/** What a patron does who comes to the kiosk once, fees and a second thought included. */
export const visitKinds: readonly KindName[] = ['99', '23', '63', '11', '29', '17', '37', '09', '35']

/** What the requests of a load differ in. */
export interface LineParts {
  readonly date: string
  readonly patron: string
  readonly item: string
  /** Of a checkin, in the bytes of the kiosk's character set, one a character. */
  readonly place: string
}

/** Requests of one kind: the line without its sequence number and checksum. */
export interface RequestKind {
  readonly line: (parts: LineParts) => string
  /** How the reply to a request that was carried out begins. */
  readonly reply: string
  /** The one call that it costs where counts are cheap and the item is known, undefined where it costs none. */
  readonly call: AlmaKind | undefined
}

const institution = 'AO01DEMO_INST|'
const noDate = ' '.repeat(18)

export const requestKinds: Readonly<Record<KindName, RequestKind>> = {
  '63': {
    line: ({ date, patron }) => `63001${date}          ${institution}AA${patron}|AC|`,
    reply: '64',
    call: 'user',
  },
  '11': {
    line: ({ date, patron, item }) => `11YN${date}${noDate}${institution}AA${patron}|AB${item}|AC|BON|BIN|`,
    reply: '121',
    call: 'lend',
  },
  '09': {
    line: ({ date, item, place }) => `09N${date}${date}AP${place}|${institution}AB${item}|AC|BIN|`,
    reply: '101',
    call: 'scan',
  },
  '17': { line: ({ date, item }) => `17${date}${institution}AB${item}|AC|`, reply: '18', call: 'item' },
  '23': { line: ({ date, patron }) => `23001${date}${institution}AA${patron}|AC|AD|`, reply: '24', call: 'user' },
  '29': {
    line: ({ date, patron, item }) => `29NN${date}${noDate}${institution}AA${patron}|AB${item}|AC|BON|`,
    reply: '301',
    call: 'renew',
  },
  '35': { line: ({ date, patron }) => `35${date}${institution}AA${patron}|AC|`, reply: '36Y', call: undefined },
  '37': {
    line: ({ date, patron }) =>
      `37${date}0100EURBV0.10|${institution}AA${patron}|BK${date.slice(2, 8)}${date.slice(12)}|`,
    reply: '38Y',
    call: 'pay',
  },
  '99': { line: () => '9900802.00', reply: '98Y', call: undefined },
}

const firstTransaction = Date.UTC(2026, 0, 1)

/** A transaction date of its own for every number, so that no request is taken for a repetition. */
export function transactionDate(number: number): string {
  const digits = new Date(firstTransaction + number * 1000).toISOString()
  const day = digits.slice(0, 4) + digits.slice(5, 7) + digits.slice(8, 10)
  return `${day}    ${digits.slice(11, 13)}${digits.slice(14, 16)}${digits.slice(17, 19)}`
}

/** With sequence number and checksum. */
export function seal(line: string, sequence: number): string {
  const text = `${line}AY${sequence}AZ`
  let sum = 0
  for (let index = 0; index < text.length; index++) sum += text.charCodeAt(index)
  return `${text}${(-sum & 0xffff).toString(16).toUpperCase().padStart(4, '0')}\r`
}

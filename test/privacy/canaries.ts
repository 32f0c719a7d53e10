/** Personal data and secrets that occur nowhere else, and a search that finds them in whatever guise. */

/** One word each where people have one, since a word looks like a name from the configuration. */
export const canaries = {
  firstName: 'Quendolinya',
  lastName: 'Zwymbroska',
  address: 'Larkspurgasse 77',
  city: 'Vintermoorhuk',
  email: 'qzwym@heliotropp.example',
  phone: '+49 170 8844661',
  birthDate: '1971-11-23',
  primaryId: 'qzwymbro71',
  card: '77100234958811',
  barcode: '88300456712209',
  title: 'Zirkonische Wiegenlieder',
  author: 'Umbertini-Vexhold',
  pin: 'velvet-8391-Xylopho',
  kioskPassword: 'Ostrichfeather!53',
  terminalPassword: 'Marzipanwurzel9',
  partnerKey: 'Gherkinbottle-q7Q',
  almaKey: 'l8xxPeriwinkleTusk',
  blockNote: 'Saffronkuchen vergessen',
  feeComment: 'Turmericflecken S. 12',
  ncipPassword: 'Cardamomschote/4',
  receipt: 'Fennelsamen-20931',
  note: 'Juniperbeere beigelegt',
} as const

export type CanaryName = keyof typeof canaries

/** So many characters of a canary in a row are the canary. */
const partLength = 6
/** Of a date month and day alone are nobody's, and stand in every time stamp of one day of the year. */
const datePartLength = 8
/** Encodings are longer, and short pieces of them are found by chance. */
const encodedPartLength = 9

interface Trace {
  readonly canary: CanaryName
  readonly part: string
  /** Whether upper and lower case are told apart. */
  readonly exact: boolean
}

const traces: readonly Trace[] = Object.entries(canaries).flatMap(([name, value]) => {
  const canary = name as CanaryName
  const length = canary === 'birthDate' ? datePartLength : partLength
  const plain = [value, value.replace(/[^\p{L}\p{N}]/gu, ''), encodeURIComponent(value), JSON.stringify(value)]
  return [
    ...plain.flatMap((text) => partsOf(text.toLowerCase(), length)).map((part) => ({ canary, part, exact: false })),
    ...hexOf(value, length).map((part) => ({ canary, part, exact: false })),
    ...base64Of(value).map((part) => ({ canary, part, exact: true })),
  ]
})

function partsOf(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length))
}

function hexOf(text: string, length: number): string[] {
  return partsOf(Buffer.from(text).toString('hex'), length * 2)
}

/** In the middle of a longer text a canary may begin at any of three places of a group. */
function base64Of(text: string): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)])
    const encoded = bytes
      .toString('base64')
      .replace(/=+$/, '')
      .slice(shift === 0 ? 0 : 4, -2)
    return partsOf(encoded, encodedPartLength).flatMap((part) => [part, part.replaceAll('+', '-').replaceAll('/', '_')])
  })
}

/** Identifiers that we draw at random, in which a few digits of a canary are found by chance. */
const randomIdentifier = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g

/** The names of the canaries that a text holds, whole, in part or encoded. */
export function findCanaries(text: string): readonly CanaryName[] {
  const exact = text.replace(randomIdentifier, '')
  const folded = exact.toLowerCase()
  const found = traces.filter((trace) => (trace.exact ? exact : folded).includes(trace.part))
  return [...new Set(found.map(({ canary }) => canary))]
}

/** An object as text without its numbers, which measure things and match any digits by chance. */
export const withoutNumbers = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => (typeof member === 'number' ? 0 : member)) ?? ''

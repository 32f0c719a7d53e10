/** The form of every reply, written from the standard and not from the product's tables. [SIP2 2.00] */
import { hasRightChecksum } from '../helpers/checksum.ts'

/** How a terminal is spoken to. */
export interface LineForm {
  readonly charset: 'cp850' | 'utf-8' | 'iso-8859-1' | 'windows-1252'
  readonly delimiter: string
  readonly terminator: '\r' | '\r\n'
  readonly errorDetection: 'auto' | 'always' | 'never'
}

const date = '\\d{8}(?: {4}|0000| {3}Z)\\d{6}'
/** The language comes back as it was asked for, also when it is none. */
const patronStatus = '[ Y]{14}[^\\0-\\x1f\\x7f]{3}'
const count = '(?:\\d{4}| {4})'

/** Code and fixed part, and the fields that are never left out. */
const replies: Readonly<Record<string, { readonly fixed: RegExp; readonly fields: readonly string[] }>> = {
  '10': { fixed: fixed(`[01][YN][YNU][YN]${date}`), fields: ['AO', 'AB', 'AQ'] },
  '12': { fixed: fixed(`[01][YN][YNU][YNU]${date}`), fields: ['AO', 'AA', 'AB', 'AJ', 'AH'] },
  '16': { fixed: fixed(`[01][YN]${date}`), fields: ['AO', 'AA'] },
  '18': { fixed: fixed(`\\d{6}${date}`), fields: ['AB', 'AJ'] },
  '20': { fixed: fixed(`[01]${date}`), fields: ['AB'] },
  '24': { fixed: fixed(`${patronStatus}${date}`), fields: ['AO', 'AA', 'AE'] },
  '26': { fixed: fixed(`${patronStatus}${date}`), fields: ['AO', 'AA', 'AE'] },
  '30': { fixed: fixed(`[01][YN][YNU][YNU]${date}`), fields: ['AO', 'AA', 'AB', 'AJ', 'AH'] },
  '36': { fixed: fixed(`[YN]${date}`), fields: ['AO', 'AA'] },
  '38': { fixed: fixed(`[YN]${date}`), fields: ['AO', 'AA'] },
  '64': { fixed: fixed(`${patronStatus}${date}${count}{6}`), fields: ['AO', 'AA', 'AE'] },
  '66': { fixed: fixed(`[01]\\d{4}\\d{4}${date}`), fields: ['AO'] },
  '94': { fixed: fixed('[01]'), fields: [] },
  '96': { fixed: fixed(''), fields: [] },
  '98': { fixed: fixed(`[YN]{6}\\d{3}\\d{3}${date}\\d\\.\\d\\d`), fields: ['AO', 'BX'] },
}

function fixed(pattern: string): RegExp {
  return new RegExp(`^${pattern}`)
}

/** AY with the digits of the request, whatever their number, and AZ. */
const trailer = /(?:AY(\d+))?AZ[0-9A-F]{4}$/

/** What is wrong with a line that should be a reply; undefined when nothing is. */
export function findFault(line: string, form: LineForm): string | undefined {
  const code = line.slice(0, 2)
  const reply = replies[code]
  if (!reply) return 'no reply has its code'
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  if (/[\0-\x1f\x7f]/.test(line)) return 'it holds a control character'
  if (!isOfCharset(line, form.charset)) return `its bytes are not ${form.charset}`
  const rest = (form.charset === 'utf-8' ? Buffer.from(line, 'latin1').toString('utf8') : line).slice(2)
  const head = reply.fixed.exec(rest)?.[0]
  if (head === undefined) return 'its fixed part is wrong'
  const end = trailer.exec(line)
  if (end && !hasRightChecksum(line)) return 'its checksum is wrong'
  if (!end && form.errorDetection === 'always') return 'it has no checksum'
  if (end && form.errorDetection === 'never') return 'it has a checksum that nobody wants'
  const fields = rest.slice(head.length, end ? -end[0].length : undefined).split(form.delimiter)
  if (fields.pop() !== '') return 'its last field has no end'
  if (fields.some((field) => !/^[A-Z0-9]{2}/.test(field))) return 'it holds a field without a name'
  const missing = reply.fields.find((id) => !fields.some((field) => field.startsWith(id)))
  return missing === undefined ? undefined : `it lacks ${missing}`
}

/** Digits of AY at the end of a reply. */
export const sequenceOfReply = (line: string): string | undefined => trailer.exec(line)?.[1]

function isOfCharset(line: string, charset: LineForm['charset']): boolean {
  if (charset === 'iso-8859-1') return !/[\x80-\x9f]/.test(line)
  if (charset !== 'utf-8') return true
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(line, 'latin1'))
    return true
  } catch {
    return false
  }
}

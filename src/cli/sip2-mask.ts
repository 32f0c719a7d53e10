/** Lines of SIP2 as people may see them: passwords and PINs taken out. */
import { isMessageCode } from '../sip2/message.ts'
import { plans } from '../sip2/plan.ts'
import { privacyOf } from '../sip2/spec/fields.ts'

const mask = '****'
const codeLength = 2
const idLength = 2

/** Masks every value whose field is secret, wherever the line has it; an empty value is left empty. */
export function maskLine(line: string, delimiter: string): string {
  const [head = '', ...segments] = line.split(delimiter)
  return [maskHead(head), ...segments.map(maskSegment)].join(delimiter)
}

function maskSegment(segment: string): string {
  const secret = segment.length > idLength && privacyOf(segment.slice(0, idLength)) === 'secret'
  return secret ? segment.slice(0, idLength) + mask : segment
}

/** The first field stands behind the fixed part without a delimiter, and not where it should when that is too short. */
function maskHead(head: string): string {
  const code = head.slice(0, codeLength)
  const fieldAt = isMessageCode(code) ? plans[code].fixedEnd : codeLength
  const field = head.slice(fieldAt)
  if (/^[A-Z][A-Z\d]/.test(field)) return head.slice(0, fieldAt) + maskSegment(field)
  return head.replace(/(A[CD]|CO).+$/s, `$1${mask}`)
}

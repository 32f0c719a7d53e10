import type { Reply } from './message.ts'
import { variableFields, type FieldId } from './spec/fields.ts'

/** The lists of a reply, longest first to be cut; screen and print lines are not lists. */
const uncut: ReadonlySet<string> = new Set(['AF', 'AG'])

/**
 * Encodes a reply within a size: its lists lose entries from the end until it fits. The counts in the fixed part stay
 * true, so that a terminal can ask for the rest by page.
 */
export function fitReply(
  answer: Reply,
  maxBytes: number,
  encodeReply: (answer: Reply) => Buffer,
): { readonly bytes: Buffer; readonly cut: boolean } {
  let bytes = encodeReply(answer)
  let fitted = answer
  let cut = false
  while (bytes.length > maxBytes) {
    const shorter = shorten(fitted, bytes.length - maxBytes)
    if (!shorter) break
    fitted = shorter
    cut = true
    bytes = encodeReply(fitted)
  }
  return { bytes, cut }
}

function shorten(answer: Reply, surplus: number): Reply | undefined {
  const fields = answer.fields as Readonly<Record<string, string | readonly string[] | undefined>>
  for (const [id, value] of Object.entries(fields)) {
    if (uncut.has(id) || !isList(id) || !Array.isArray(value) || value.length === 0) continue
    let spare = 0
    let keep = value.length
    while (keep > 0 && spare < surplus) {
      keep -= 1
      spare += (value[keep] as string).length + 3
    }
    return { ...answer, fields: { ...fields, [id]: value.slice(0, keep) } }
  }
  return dropLastGroups(answer, surplus)
}

/** Of fields that stand together for each of several things, all of the last things. */
function dropLastGroups(answer: Reply, surplus: number): Reply | undefined {
  const { extraFields } = answer
  if (extraFields.length === 0) return undefined
  let spare = 0
  let keep = extraFields.length
  while (keep > 0 && (spare < surplus || extraFields[keep]?.id !== extraFields[0]?.id)) {
    keep -= 1
    spare += (extraFields[keep]?.value.length ?? 0) + 3
  }
  return { ...answer, extraFields: extraFields.slice(0, keep) }
}

const isList = (id: string): boolean => id in variableFields && 'repeatable' in variableFields[id as FieldId]

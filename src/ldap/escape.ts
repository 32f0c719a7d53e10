/** An identifier in a filter or a name: whatever was typed stays one value. */
import { identifierMark } from './config.ts'

/** [RFC 4515 3: value encoding] */
const unsafeInFilter = /[\0()*\\]/g
/** [RFC 4514 2.4], and the equals sign, which some servers want escaped. */
const unsafeInDn = /^[ #]|[\0"+,;<=>\\]| $/g
/** In a name that is no DN these would lead to another domain. */
const unsafeInName = /[\0-\x1f@\\/"]/

const escaped = (text: string, unsafe: RegExp): string => text.replace(unsafe, toHex)
const toHex = (character: string): string => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`

export const fillFilter = (template: string, identifier: string): string =>
  template.replaceAll(identifierMark, () => escaped(identifier, unsafeInFilter))

/** Undefined when the identifier cannot be part of such a name. */
export function fillUserDn(template: string, identifier: string): string | undefined {
  if (template.includes('=')) return template.replaceAll(identifierMark, () => escaped(identifier, unsafeInDn))
  return unsafeInName.test(identifier) ? undefined : template.replaceAll(identifierMark, () => identifier)
}

/** The order of call numbers on a shelf. */

export type CallNumberScheme = 'lc' | 'dewey' | 'plain'

/**
 * A key by which call numbers compare as texts, part by part: `QA 76.73 .J38 2019` before `QA 111`, cutters as decimal
 * fractions. What does not look as its scheme wants is compared as plain text.
 */
export function shelfKey(callNumber: string, scheme: CallNumberScheme): string {
  const text = callNumber.normalize('NFC').trim().toUpperCase().replace(/\s+/g, ' ')
  if (scheme === 'lc') return lcKey(text) ?? plainKey(text)
  return scheme === 'dewey' ? (deweyKey(text) ?? plainKey(text)) : plainKey(text)
}

/** Whether a call number lies in a range, both ends included; the upper end includes all that begins with it. */
export function isInRange(
  callNumber: string,
  {
    from,
    to,
    scheme,
  }: { readonly from?: string | undefined; readonly to?: string | undefined; readonly scheme: CallNumberScheme },
): boolean {
  if (callNumber.trim() === '') return false
  const key = shelfKey(callNumber, scheme)
  if (from !== undefined && compareKeys(key, shelfKey(from, scheme)) < 0) return false
  if (to === undefined) return true
  const end = shelfKey(to, scheme)
  return compareKeys(key, end) <= 0 || isBelow(key, end)
}

/** Between the parts of a key; sorts before everything else. */
const separator = ' '
const classDigits = 6

/** Letters of the class, its number as a number, the rest of it as a fraction, then cutters, years and volumes. */
function lcKey(text: string): string | undefined {
  const match = /^([A-Z]{1,3}) ?(\d{1,5})(?:\.(\d+))?(?![0-9])(.*)$/.exec(text)
  if (match === null) return undefined
  const [, letters = '', number = '', fraction = '', rest = ''] = match
  return join([letters, number.padStart(classDigits, '0') + decimal(fraction), ...restOf(rest)])
}

/** Three digits and their fraction, behind an optional prefix such as R or J. */
function deweyKey(text: string): string | undefined {
  const match = /^(?:[A-Z]{1,4} )?(\d{3})(?:\.(\d+))?(?![0-9])(.*)$/.exec(text)
  if (match === null) return undefined
  const [, number = '', fraction = '', rest = ''] = match
  return join([number + decimal(fraction), ...restOf(rest)])
}

/** Words in their order, numbers by their size. */
const plainKey = (text: string): string =>
  join(
    text
      .split(/[^\p{L}\p{N}]+/u)
      .flatMap((word) => word.match(/\d+|\D+/g) ?? [])
      .map(padded),
  )

/** A cutter is a letter and a decimal fraction: `.J38` before `.J4`. Other numbers (years, volumes) are whole. */
function restOf(rest: string): readonly string[] {
  const words = rest.split(/[\s/:;,.-]+/).filter((word) => word !== '')
  return words.flatMap((word) => {
    const cutter = /^([A-Z]{1,3})(\d+)(.*)$/.exec(word)
    if (cutter === null) return (word.match(/\d+|\D+/g) ?? []).map(padded)
    const [, letters = '', digits = '', tail = ''] = cutter
    return [`${letters}${digits}`, ...(tail === '' ? [] : [tail])]
  })
}

const decimal = (fraction: string): string => (fraction === '' ? '' : `.${fraction}`)
const padded = (word: string): string => (/^\d+$/.test(word) ? word.padStart(12, '0') : word)
const join = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(separator)

/** By code points: the keys are made so that this is the order of the shelf. */
const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** `QA76.73 .J38` lies below `QA76`, and `QA760` does not. */
const isBelow = (key: string, end: string): boolean => key.startsWith(end) && /^[ .]/.test(key.slice(end.length))

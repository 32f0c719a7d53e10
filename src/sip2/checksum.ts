/**
 * Error detection: AZ is the two's complement of the sum of every byte from the first of the command up to and including
 * the letters `AZ`, low 16 bits, four hexadecimal digits. [SIP2 2.00 error detection]
 */

/** Sum of the bytes in front of `end`. */
export function sumBytes(bytes: Uint8Array, end = bytes.length): number {
  let sum = 0
  for (let index = 0; index < end; index++) sum += bytes[index] as number
  return sum
}

/** Sum of the Unicode code points of a text. */
export function sumCodePoints(text: string): number {
  let sum = 0
  for (const character of text) sum += character.codePointAt(0) as number
  return sum
}

/** The 16 bits that AZ shows for a sum. */
export function complement(sum: number): number {
  return -sum & 0xffff
}

/** The four digits of AZ for a sum. */
export function formatChecksum(sum: number): string {
  return complement(sum).toString(16).toUpperCase().padStart(4, '0')
}

/** The value of four hexadecimal digits in either case, -1 when they are anything else. */
export function parseChecksum(digits: string): number {
  if (digits.length !== 4) return -1
  let value = 0
  for (let index = 0; index < 4; index++) {
    const digit = hexDigit(digits.charCodeAt(index))
    if (digit === -1) return -1
    value = value * 16 + digit
  }
  return value
}

const lowerCaseBit = 0x20

function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30
  const letter = unit | lowerCaseBit
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** Whether a sum and the value of AZ belong together. */
export function isChecksumRight(sum: number, value: number): boolean {
  return ((sum + value) & 0xffff) === 0
}

/** The AZ digits for a message that ends with the letters `AZ`. */
export function checksumOf(bytes: Uint8Array): string {
  return formatChecksum(sumBytes(bytes))
}

/**
 * What a stream of bytes holds, found from the whole of it by patterns: a second opinion beside the product's own
 * splitter, which sees one chunk after the other.
 */

export interface Frame {
  /** One byte a character, without terminator and NUL; empty when it was too long. */
  readonly line: string
  readonly overlong: boolean
}

/** What stands between two messages: ends of lines, NUL, and commands of telnet. [RFC 854] */
const between = /^(?:[\0\r\n]|\xff[\xfb-\xfe][^]|\xff[\xf0-\xf9\xff]|\xff\xfa(?:[^\xff]|\xff[^\xf0]){0,255}?\xff\xf0)/
/** No command of telnet: only the FF is passed over. */
const stray = /^\xff(?=[\0-\xef])/
const longestNegotiation = 256

export function readFrames(bytes: Buffer, longest: number): readonly Frame[] {
  const frames: Frame[] = []
  const overlong: Frame = { line: '', overlong: true }
  let rest = bytes.toString('latin1')
  while (rest !== '') {
    const gap = between.exec(rest) ?? stray.exec(rest)
    if (gap) {
      rest = rest.slice(gap[0].length)
      continue
    }
    if (rest.startsWith('\xff')) {
      // The beginning of a command, or a negotiation that never ends.
      if (!rest.startsWith('\xff\xfa') || rest.length < longestNegotiation + 3) break
      frames.push(overlong)
      rest = rest.slice(longestNegotiation + 3)
      const end = /[\r\n]/.exec(rest)?.index
      if (end === undefined) break
      rest = rest.slice(end + 1)
      continue
    }
    const end = /[\r\n]/.exec(rest)?.index
    const line = rest.slice(0, end).replaceAll('\0', '')
    if (line.length > longest) frames.push(overlong)
    else if (end !== undefined) frames.push({ line, overlong: false })
    if (end === undefined) break
    rest = rest.slice(end + 1)
  }
  return frames
}

/**
 * What the checksum of a line says: `absent`, `right`, `wrong`, or `open` where the standard leaves it open how to read
 * it: more than one, bytes beyond ASCII, or digits that are none. [SIP2 2.00 error detection]
 */
export type ChecksumVerdict = 'absent' | 'right' | 'wrong' | 'open'

export function judgeChecksum(line: string): ChecksumVerdict {
  const places = line.split('AZ').length - 1
  if (places === 0) return 'absent'
  const match = /^(.*AY\dAZ)([0-9A-F]{4})$/s.exec(line)
  if (places > 1 || !match) return 'open'
  const [, summed = '', digits = ''] = match
  let sum = Number.parseInt(digits, 16)
  for (const byte of Buffer.from(summed, 'latin1')) sum += byte
  if ((sum & 0xffff) === 0) return 'right'
  return /[\x80-\xff]/.test(line) ? 'open' : 'wrong'
}

/** The digit of AY where the line ends with AY and AZ as it should. */
export const sequenceOf = (line: string): string | undefined => /AY(\d)AZ[0-9A-F]{4}$/.exec(line)?.[1]

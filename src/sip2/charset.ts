/**
 * The character sets of terminals: whole messages to text, and text to what a set can hold.
 * [SIP2 2.00: code page 850 unless agreed otherwise]
 */
import iconv from 'iconv-lite'
import { transliterate } from './transliteration.ts'

const singleByteCharsets = [
  'cp850',
  'cp862',
  'iso-8859-1',
  'iso-8859-6',
  'iso-8859-8',
  'iso-8859-15',
  'windows-1252',
  'windows-1255',
  'windows-1256',
  'ascii',
] as const
export const charsets = [...singleByteCharsets, 'utf-8'] as const
export type Charset = (typeof charsets)[number]

/** The upper half of a set of one byte a character, in both directions. */
interface SingleByteTable {
  /** Characters of the bytes 0 to 255. */
  readonly characters: readonly string[]
  /** Bytes by character code. */
  readonly bytes: ReadonlyMap<number, number>
}

const replacementCharacter = '\ufffd'
/** Bytes that mean nothing, or a control character of the upper half. */
const unwritable = /[\x80-\x9f\ufffd]/

const tables = Object.fromEntries(singleByteCharsets.map((name) => [name, loadTable(name)])) as Record<
  (typeof singleByteCharsets)[number],
  SingleByteTable
>

function loadTable(name: string): SingleByteTable {
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const characters = name === 'ascii' ? asciiCharacters() : [...iconv.decode(everyByte, name)]
  const known = characters.map((character, byte) => [character.charCodeAt(0), byte] as const)
  return { characters, bytes: new Map(known.filter(([unit]) => !unwritable.test(String.fromCharCode(unit)))) }
}

function asciiCharacters(): string[] {
  return Array.from({ length: 256 }, (_, byte) => (byte < 0x80 ? String.fromCharCode(byte) : replacementCharacter))
}

/**
 * The text of one whole message; a piece of one could end inside a character. Bytes that the set does not know become
 * U+FFFD.
 */
export function decodeText(bytes: Buffer, charset: Charset): string {
  switch (charset) {
    case 'utf-8':
      return bytes.toString('utf8')
    case 'iso-8859-1':
      return bytes.toString('latin1')
    default: {
      const { characters } = tables[charset]
      const upperHalf = /[\x80-\xff]/g
      return bytes.toString('latin1').replace(upperHalf, (byte) => characters[byte.charCodeAt(0)] ?? '')
    }
  }
}

const noBytes: ReadonlyMap<number, number> = new Map()

/**
 * Bytes by character code, ASCII included, of what the set holds in one byte and may be sent as it is. No such set holds
 * a letter and a mark that make another letter, so text made of these characters alone is composed already.
 */
export function singleBytes(charset: Charset): ReadonlyMap<number, number> {
  return charset === 'utf-8' ? noBytes : tables[charset].bytes
}

/** The bytes of a text that `fitText` made for this set. Any other character that the set lacks becomes `?`. */
export function encodeText(text: string, charset: Charset): Buffer {
  if (charset === 'utf-8') return Buffer.from(text, 'utf8')
  const { bytes } = tables[charset]
  const encoded = Buffer.allocUnsafe(text.length)
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    encoded[index] = unit < 0x80 ? unit : (bytes.get(unit) ?? questionMark)
  }
  return encoded
}

const questionMark = 0x3f

/** Whether a set has the letters of a text. Latin ones may lose their marks and stay what they are; others would be lost. */
export function holdsLetters(text: string, charset: Charset): boolean {
  if (charset === 'utf-8') return true
  const { bytes } = tables[charset]
  return [...text.matchAll(/\p{L}/gu)].every(
    ([letter]) => bytes.has(letter.codePointAt(0) ?? 0) || /\p{Script=Latin}/u.test(letter),
  )
}

/** A text that a set can hold, and whether a character was lost on the way. */
export interface FittedText {
  readonly text: string
  readonly lossy: boolean
}

/**
 * Makes a text fit a set: composed first (a letter with a separate accent is in no table), then per character what the
 * set holds, a substitute in ASCII, the letter with fewer marks, and `?` last.
 */
export function fitText(text: string, charset: Charset): FittedText {
  const composed = text.normalize('NFC')
  if (charset === 'utf-8') {
    const wellFormed = composed.replace(/[\p{Surrogate}\ufffd]/gu, '?')
    return { text: wellFormed, lossy: wellFormed !== composed }
  }
  const { bytes } = tables[charset]
  let fitted = ''
  let lossy = false
  for (const character of composed) {
    if (bytes.has(character.codePointAt(0) as number)) {
      fitted += character
    } else {
      fitted += substitute(character, bytes)
      lossy = true
    }
  }
  return { text: fitted, lossy }
}

function substitute(character: string, bytes: SingleByteTable['bytes']): string {
  const known = transliterate(character) ?? withFewerMarks(character, bytes)
  if (known !== undefined) return known
  const parts = [...character.normalize('NFKD').replace(/\p{Mark}/gu, '')]
  if (parts.length === 0) return ''
  return parts.map((part) => (bytes.has(part.codePointAt(0) as number) ? part : (transliterate(part) ?? '?'))).join('')
}

/** The letter with one of its marks, if the set holds that, else bare: Vietnamese ế becomes ê, or e where there is none. */
function withFewerMarks(character: string, bytes: SingleByteTable['bytes']): string | undefined {
  const [base = '', ...marks] = character.normalize('NFD')
  const candidates = [...marks.map((mark) => (base + mark).normalize('NFC')), base]
  return candidates.find((candidate) => candidate.length === 1 && bytes.has(candidate.charCodeAt(0)))
}

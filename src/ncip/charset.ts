/** What the bytes of a message turned out to be. */
export type DecodedText =
  | { readonly kind: 'text'; readonly text: string; readonly warning: CharsetWarning | undefined }
  | { readonly kind: 'unknown-charset' }

/** The text could be read, but not in the way the message said. */
export type CharsetWarning = 'charset-conflict' | 'charset-wrong'

/** Covers every byte, so it never fails; browsers read ISO-8859-1 the same way. */
const lastResort = 'windows-1252'
const declarationBytes = 256

/**
 * Turns bytes into text by byte order mark, HTTP charset and XML declaration, in this order of trust, else as UTF-8.
 * Where HTTP and declaration disagree, UTF-8 wins if the bytes are UTF-8: partners' HTTP libraries and templates
 * name charsets that nobody checks. Bytes that are not the UTF-8 they claim to be are read as Windows-1252.
 */
export function decodeText(bytes: Uint8Array, httpCharset: string | undefined): DecodedText {
  const mark = byteOrderMark(bytes)
  if (mark !== undefined) return read(bytes, mark, undefined)

  const declared = declaredCharset(bytes)
  const named = [httpCharset, declared].filter((label) => label !== undefined).map(canonicalLabel)
  const distinct = new Set(named)
  if (distinct.size === 0) return read(bytes, 'utf-8', undefined)
  if (distinct.size === 1) return read(bytes, named[0], undefined)
  if (isUtf8(bytes)) return read(bytes, 'utf-8', 'charset-conflict')
  return read(
    bytes,
    named.findLast((label) => label !== 'utf-8' && label !== undefined),
    'charset-conflict',
  )
}

function read(bytes: Uint8Array, label: string | undefined, warning: CharsetWarning | undefined): DecodedText {
  if (label === undefined) {
    return isUtf8(bytes)
      ? { kind: 'text', text: new TextDecoder().decode(bytes), warning: 'charset-wrong' }
      : { kind: 'unknown-charset' }
  }
  if (label === 'utf-8' && !isUtf8(bytes)) {
    return { kind: 'text', text: new TextDecoder(lastResort).decode(bytes), warning: 'charset-wrong' }
  }
  return { kind: 'text', text: new TextDecoder(label).decode(bytes), warning }
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first === 0x3c && second === 0x00) return 'utf-16le'
  if (first === 0x00 && second === 0x3c) return 'utf-16be'
  return undefined
}

function declaredCharset(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, declarationBytes))
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']/.exec(start)?.[1]
}

/** The encoding standard's own name of a charset, undefined when it knows none. */
function canonicalLabel(label: string): string | undefined {
  try {
    const { encoding } = new TextDecoder(label.trim())
    // Bytes that start like ASCII are not UTF-16, whatever the declaration says.
    return encoding.startsWith('utf-16') ? 'utf-8' : encoding
  } catch {
    return undefined
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/**
 * Text in lines as wide as a terminal shows or prints: one AF or AG field a line.
 */

/**
 * Breaks a text between words into lines of at most `width` characters; a longer word is broken where the line ends.
 * The empty text has no lines.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let line: string[] = []
  for (const word of text.split(/\s+/)) {
    let rest = [...word]
    if (line.length > 0 && line.length + 1 + rest.length > width) {
      lines.push(line.join(''))
      line = []
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width).join(''))
      rest = rest.slice(width)
    }
    if (line.length > 0 && rest.length > 0) line.push(' ')
    line.push(...rest)
  }
  if (line.length > 0) lines.push(line.join(''))
  return lines
}

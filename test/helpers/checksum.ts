/** AY and AZ made the plain way, so that the product's own checksum is not its own judge. [SIP2 2.00 error detection] */
export function appendChecksum(line: string, sequence?: number): string {
  const text = `${line}${sequence === undefined ? '' : `AY${sequence}`}AZ`
  let sum = 0
  for (const byte of Buffer.from(text, 'latin1')) sum += byte
  return text + (-sum & 0xffff).toString(16).toUpperCase().padStart(4, '0')
}

/** Whether a received line carries the right checksum. */
export function hasRightChecksum(line: string): boolean {
  const match = /^(.*AZ)([0-9A-F]{4})$/s.exec(line)
  if (!match) return false
  let sum = Number.parseInt(match[2] as string, 16)
  for (const byte of Buffer.from(match[1] as string, 'latin1')) sum += byte
  return (sum & 0xffff) === 0
}

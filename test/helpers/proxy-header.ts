/** PROXY headers written by hand, by the specification and not by the product's code. */

export const textHeader = (address: string): string => `PROXY TCP4 ${address} 10.0.0.1 49152 6443\r\n`

export interface BinaryHeaderParts {
  /** Version and command; 2 and PROXY when left out. */
  readonly command?: number
  /** Family and transport; IPv4 over TCP when left out. */
  readonly family?: number
  readonly block: Buffer
}

export function binaryHeader({ command = 0x21, family = 0x11, block }: BinaryHeaderParts): Buffer {
  const fixed = Buffer.from([13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, command, family, 0, 0])
  fixed.writeUInt16BE(block.length, 14)
  return Buffer.concat([fixed, block])
}

const ports = Buffer.from([0xc0, 0, 0x19, 0x2b])

export const ipv4Block = (source: string): Buffer =>
  Buffer.concat([Buffer.from(source.split('.').map(Number)), Buffer.from([10, 0, 0, 1]), ports])

/** @param source 32 hexadecimal digits */
export const ipv6Block = (source: string): Buffer =>
  Buffer.concat([Buffer.from(source, 'hex'), Buffer.alloc(16), ports])

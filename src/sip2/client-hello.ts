import type { Socket } from 'node:net'

/** Type, version and length of a TLS record. [RFC 8446, 5.1] */
const headerLength = 5
const handshakeType = 0x16
const lengthAt = 3
const longestRecord = 0x4000

/**
 * Waits for the record with which a machine begins a handshake, and leaves it there for whoever reads next. What can be no
 * such record is not waited for.
 * @returns false when the connection ended before it was there
 */
export function receiveClientHello(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    let header: Buffer | null = null
    const settle = (isBegun: boolean) => {
      socket.off('readable', read).off('end', leave).off('close', leave)
      resolve(isBegun)
    }
    const leave = () => settle(false)
    const read = () => {
      // Null until so much is there; at the end of the connection it may be less.
      header ??= socket.read(headerLength) as Buffer | null
      if (header === null || header.length < headerLength) return
      const length = lengthOf(header)
      const body = length === 0 ? Buffer.alloc(0) : (socket.read(length) as Buffer | null)
      if (body === null || body.length < length) return
      socket.unshift(Buffer.concat([header, body]))
      settle(true)
    }
    socket.on('readable', read).on('end', leave).on('close', leave)
  })
}

/** Of the rest of the record, 0 when it is none. */
function lengthOf(header: Buffer): number {
  const length = header.readUInt16BE(lengthAt)
  return header[0] === handshakeType && length <= longestRecord ? length : 0
}

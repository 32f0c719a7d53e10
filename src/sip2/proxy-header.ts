import type { Socket } from 'node:net'
import { parseProxyHeader, type ProxiedAddress } from './proxy-protocol.ts'

export interface ProxyHeaderLimits {
  readonly headerTimeoutMs: number
  readonly maxHeaderBytes: number
}

export type ReceivedHeader =
  | { readonly kind: 'address'; readonly address: ProxiedAddress }
  | { readonly kind: 'invalid' | 'timeout' | 'closed' }

/** Takes the PROXY header off the front of a connection; what came behind it is there for the next reader. */
export function receiveProxyHeader(socket: Socket, limits: ProxyHeaderLimits): Promise<ReceivedHeader> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0)
    const settle = (result: ReceivedHeader) => {
      clearTimeout(timer)
      socket.off('readable', read).off('end', leave).off('close', leave)
      resolve(result)
    }
    const leave = () => settle({ kind: 'closed' })
    const read = () => {
      for (let chunk: Buffer | null; (chunk = socket.read() as Buffer | null) !== null; ) {
        received = Buffer.concat([received, chunk])
        const header = parseProxyHeader(received, limits.maxHeaderBytes)
        if (header.kind === 'incomplete') continue
        if (header.kind === 'complete') {
          const rest = received.subarray(header.length)
          if (rest.length > 0) socket.unshift(rest)
          settle({ kind: 'address', address: header.address })
        } else {
          settle({ kind: 'invalid' })
        }
        return
      }
    }
    const timer = setTimeout(settle, limits.headerTimeoutMs, { kind: 'timeout' })
    socket.on('readable', read).on('end', leave).on('close', leave)
  })
}

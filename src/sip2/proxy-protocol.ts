/**
 * The header by which a proxy tells for whom it connects, in the text form (version 1) and the binary one (version 2).
 * [HAProxy: The PROXY protocol, versions 1 and 2]
 */
import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import { plainAddress } from '../runtime/networks.ts'

/** Address of whoever connected to the proxy; undefined when the proxy speaks for itself or does not know. */
export type ProxiedAddress = string | undefined

export type ProxyHeader =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid' }
  /** `length` bytes belong to the header; what follows is the machine's. */
  | { readonly kind: 'complete'; readonly length: number; readonly address: ProxiedAddress }

const incomplete: ProxyHeader = { kind: 'incomplete' }
const invalid: ProxyHeader = { kind: 'invalid' }

const textBegin = Buffer.from('PROXY ', 'latin1')
/** With its CRLF. [2.1] */
const longestText = 107
const carriageReturn = 0x0d

const binaryBegin = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const binaryFixedLength = 16
const versionAndCommand = { local: 0x20, proxy: 0x21 } as const
/** Bytes of the two addresses and ports by address family, the higher four bits of byte 14. [2.2] */
const addressLengths: Readonly<Record<number, number>> = { 0: 0, 1: 12, 2: 36, 3: 216 }

/** Reads the header at the beginning of a connection, of which `bytes` have come so far. Never throws. */
export function parseProxyHeader(bytes: Buffer, maximumLength: number): ProxyHeader {
  if (begins(bytes, textBegin)) return bytes.length < textBegin.length ? incomplete : parseText(bytes)
  if (begins(bytes, binaryBegin)) {
    return bytes.length < binaryFixedLength ? incomplete : parseBinary(bytes, maximumLength)
  }
  return invalid
}

/** As far as the bytes go: a header may come in pieces. */
function begins(bytes: Buffer, mark: Buffer): boolean {
  const length = Math.min(bytes.length, mark.length)
  return bytes.subarray(0, length).equals(mark.subarray(0, length))
}

/** `PROXY TCP4 10.1.2.3 10.0.0.1 49152 6443` or `PROXY UNKNOWN` and anything. [2.1] */
function parseText(bytes: Buffer): ProxyHeader {
  const line = bytes.subarray(0, longestText)
  const end = line.indexOf('\r\n')
  if (end < 0) {
    const broken = line.length === longestText || line.subarray(0, -1).includes(carriageReturn)
    return broken ? invalid : incomplete
  }
  const length = end + 2
  const [, protocol, source = '', destination = '', sourcePort, destinationPort, ...more] = line
    .toString('latin1', 0, end)
    .split(' ')
  if (protocol === 'UNKNOWN') return { kind: 'complete', length, address: undefined }
  const isAddress = protocol === 'TCP4' ? isIPv4 : protocol === 'TCP6' ? isPlainIPv6 : undefined
  const right =
    isAddress?.(source) && isAddress(destination) && isPort(sourcePort) && isPort(destinationPort) && more.length === 0
  return right ? { kind: 'complete', length, address: plainAddress(source) } : invalid
}

function parseBinary(bytes: Buffer, maximumLength: number): ProxyHeader {
  const command = bytes[12]
  const family = (bytes[13] ?? 0) >> 4
  const transport = (bytes[13] ?? 0) & 0x0f
  const rest = bytes.readUInt16BE(14)
  const length = binaryFixedLength + rest
  if (command !== versionAndCommand.local && command !== versionAndCommand.proxy) return invalid
  if (length > maximumLength) return invalid
  const local = command === versionAndCommand.local
  const needed = addressLengths[family]
  // Of what a proxy says about a connection of its own nothing is to be read. [2.2]
  if (!local && (needed === undefined || rest < needed || transport > 2)) return invalid
  if (bytes.length < length) return incomplete
  const stream = transport === 1
  const address = local || !stream ? undefined : readBinaryAddress(bytes, family)
  return { kind: 'complete', length, address }
}

function readBinaryAddress(bytes: Buffer, family: number): ProxiedAddress {
  if (family === 1) return bytes.subarray(16, 20).join('.')
  if (family !== 2) return undefined
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(16 + 2 * at).toString(16))
  return plainAddress(new SocketAddress({ family: 'ipv6', address: groups.join(':') }).address)
}

/** A zone would be the proxy's. */
const isPlainIPv6 = (address: string): boolean => isIPv6(address) && !address.includes('%')

const isPort = (text: string | undefined): boolean =>
  text !== undefined && /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535

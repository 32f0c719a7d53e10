/**
 * The SIP2 codec: bytes to messages and back. Tolerant of what terminals send, strict in what it sends; no input makes
 * it throw.
 */
export { type Decoded, type DecodeOptions, decode } from './decode.ts'
export { type EncodeOptions, encode, maximumValueLength } from './encode.ts'
export { type DecodeWarning, decodeWarnings, type EncodeWarning, encodeWarnings } from './warnings.ts'
export type { ChecksumState } from './message.ts'

/** What comes of one request of a terminal: its reply, or why there is none. */
import type { DecodeWarning, EncodeWarning } from '../sip2/codec.ts'
import type { Reply, Request } from '../sip2/message.ts'

/** What an exchange had to put up with. */
export const exchangeWarnings = {
  'reply-unasked': 'A reply that nobody waited for came before this request and was dropped.',
  'reply-to-another': 'A reply with another sequence number came and was dropped.',
  'resent-after-timeout': 'No reply came in time: the request was sent again with the same sequence number.',
  'resent-after-96': 'The other side asked for the request again.',
  'asked-again': 'The checksum of the reply was wrong: it was asked for again with a 97.',
  'error-detection-missing': 'The reply has no checksum although the request had one.',
  'sequence-missing': 'The reply has no sequence number although the request had one.',
} as const

export type ExchangeWarning =
  | { readonly about: 'exchange'; readonly code: keyof typeof exchangeWarnings }
  | { readonly about: 'request'; readonly code: EncodeWarning; readonly field: string }
  | { readonly about: 'reply'; readonly code: DecodeWarning }

export interface Exchange {
  /** As it was meant, passwords and PINs included; undefined for a line that is no message. */
  readonly request: Request | undefined
  readonly reply: Reply
  /** As they went over the wire, without terminator, passwords and PINs masked. */
  readonly sentLine: string
  readonly receivedLine: string
  /** From the first sending to the reply. */
  readonly durationMs: number
  readonly warnings: readonly ExchangeWarning[]
}

export type Sip2ClientErrorKind = 'unreachable' | 'timeout' | 'closed' | 'protocol'

/** No reply, or none that could be trusted. The connection is of no further use unless the kind is `protocol`. */
export class Sip2ClientError extends Error {
  readonly kind: Sip2ClientErrorKind
  /** The line that broke the protocol, masked; empty for other kinds. */
  readonly receivedLine: string

  constructor(kind: Sip2ClientErrorKind, sentence: string, receivedLine = '') {
    super(sentence)
    this.name = 'Sip2ClientError'
    this.kind = kind
    this.receivedLine = receivedLine
  }
}

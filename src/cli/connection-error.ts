/** Why a connection failed, in words for people. The words are ours: those of the system may quote an address. */
const explanations: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the other side broke the connection',
  EPIPE: 'the other side has closed the connection',
  ENOTFOUND: 'no computer of that name is known',
  EAI_AGAIN: 'the name could not be looked up now',
  EHOSTUNREACH: 'no way leads to that computer',
  ENETUNREACH: 'no way leads to that network',
  ETIMEDOUT: 'no answer came in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer came in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  UND_ERR_BODY_TIMEOUT: 'the answer did not come to an end in time',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'the answer was too large',
  UND_ERR_SOCKET: 'the other side broke the connection',
  HPE_INVALID_CONSTANT: 'it does not speak HTTP',
  HPE_INVALID_VERSION: 'it does not speak HTTP',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
  EPROTO: 'the TLS handshake failed',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself; name it with --ca, or take --insecure for a test',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not known; name that with --ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that is not known; name that with --ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that is not known; name that with --ca',
}

export function explainConnectionError(error: unknown): string {
  const code = codeOf(error)
  if (code === '') return 'the connection failed'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return explainOtherName(error)
  return explanations[code] ?? `the connection failed (${code})`
}

/** The names are those that the other side shows to everybody. */
function explainOtherName(error: unknown): string {
  const { cert } = error as { cert?: { subjectaltname?: string } }
  const names = cert?.subjectaltname?.replaceAll(/\b(DNS|IP Address):/g, '') ?? ''
  return `its certificate is for another name${names === '' ? '' : `: ${names}`}`
}

/** The code of an error, or of the first of several that were tried. */
function codeOf(error: unknown): string {
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: readonly unknown[] }
  if (typeof code === 'string') return code
  const inner = cause ?? errors?.[0]
  return inner === undefined || inner === null ? '' : codeOf(inner)
}

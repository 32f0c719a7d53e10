import { constants, createHash, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext, type TlsOptions } from 'node:tls'
import type { TlsConfig } from '../runtime/config/schema.ts'
import type { Secret } from '../runtime/config/secret.ts'

/** The texts from which a listener's TLS is made, in PEM. */
interface Texts {
  readonly certificate: string
  readonly key: string
  readonly ca: string | undefined
  readonly crl: string | undefined
}

/** Ciphers of TLS 1.2; those of TLS 1.3 are all good. Without forward secrecy there is none of them. */
const ciphers = {
  modern: 'ECDHE+AESGCM:ECDHE+CHACHA20',
  compatible: 'ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES128+SHA256:ECDHE+AES256+SHA384:ECDHE+AES+SHA1',
} as const

const tls13Ciphers = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256'

/** What a listener needs for TLS, read again when its files have changed. */
export class TlsMaterial {
  readonly #config: TlsConfig
  #digest: string
  #options: TlsOptions

  /** Throws the TLS library's error when something cannot be used. */
  constructor(config: TlsConfig) {
    this.#config = config
    const { certificate, key, clientCertificates } = config
    const texts: Texts = {
      certificate: certificate.reveal(),
      key: key.reveal(),
      ca: clientCertificates?.ca.reveal(),
      crl: clientCertificates?.crl?.reveal(),
    }
    this.#digest = digestOf(texts)
    this.#options = makeTlsOptions(config, texts)
  }

  get options(): TlsOptions {
    return this.#options
  }

  /**
   * Undefined when nothing has changed since the last reading. Rejects with the system's or the TLS library's error
   * when something cannot be read or used; what was there before then stays.
   */
  async reread(): Promise<TlsOptions | undefined> {
    const { certificate, key, clientCertificates } = this.#config
    const texts: Texts = {
      certificate: await readAgain(certificate),
      key: await readAgain(key),
      ca: clientCertificates && (await readAgain(clientCertificates.ca)),
      crl: clientCertificates?.crl && (await readAgain(clientCertificates.crl)),
    }
    const digest = digestOf(texts)
    if (digest === this.#digest) return undefined
    // What is wrong is told once and not with every look at the files.
    this.#digest = digest
    this.#options = makeTlsOptions(this.#config, texts)
    return this.#options
  }
}

/** Throws when OpenSSL cannot use it. */
function makeTlsOptions(config: TlsConfig, { certificate, key, ca, crl }: Texts): TlsOptions {
  const { minVersion, handshakeTimeoutMs, clientCertificates } = config
  const authorities = splitPem(ca ?? '')
  // What is no certificate would else be passed over, and every machine be refused.
  if (clientCertificates) for (const authority of authorities) new X509Certificate(authority)
  const options: TlsOptions = {
    cert: certificate,
    key,
    minVersion,
    ciphers: `${tls13Ciphers}:${ciphers[config.ciphers]}`,
    honorCipherOrder: true,
    // A machine never needs to begin anew, and a resumed session would not show its certificate again.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | (clientCertificates ? constants.SSL_OP_NO_TICKET : 0),
    handshakeTimeout: handshakeTimeoutMs,
    ...(clientCertificates && {
      requestCert: true,
      // Looked at after the handshake, where it can be told why a machine is refused.
      rejectUnauthorized: false,
      ca: authorities,
      ...(crl !== undefined && { crl: splitPem(crl) }),
    }),
  }
  createSecureContext(options)
  return options
}

/** OpenSSL reads one revocation list of a text and no more. */
const splitPem = (text: string): string[] => text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [text]

const readAgain = async (secret: Secret): Promise<string> =>
  secret.file === undefined ? secret.reveal() : readFile(secret.file, 'utf8')

const digestOf = (texts: Texts): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.values(texts).map((text) => text?.trimEnd() ?? '')))
    .digest('base64')

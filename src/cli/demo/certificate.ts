/** A certificate for this computer alone, made on the spot and gone with the demonstration. */
import { generate } from 'selfsigned'

export interface Certificate {
  /** PEM. */
  readonly certificate: string
  /** PEM. */
  readonly key: string
}

const validForMs = 7 * 24 * 60 * 60 * 1000
/** Clocks of peers may be behind. */
const skewMs = 60 * 60 * 1000

const dnsName = 2
const ipAddress = 7

export async function makeCertificate(): Promise<Certificate> {
  const now = Date.now()
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - skewMs),
    notAfterDate: new Date(now + validForMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: dnsName, value: 'localhost' },
          { type: ipAddress, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { certificate: made.cert, key: made.private }
}

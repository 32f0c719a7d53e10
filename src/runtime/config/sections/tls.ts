import { z } from 'zod'
import { count, fingerprint, milliseconds, secret, setting } from '../fields.ts'

const clientCertificates = z.strictObject({
  ca: setting(
    secret,
    'Certificate authority',
    'Reference to the certificates in PEM that sign the certificates of machines, such as file:tls/kiosk-ca.crt.',
  ),
  mode: setting(
    z.enum(['required', 'optional']).default('required'),
    'Mode',
    'Whether a machine without a certificate is refused, or served as far as the terminals allow it. A wrong one is always refused.',
  ),
  crl: setting(
    secret.optional(),
    'Revocation list',
    'Reference to the revocation lists (CRL) in PEM, one of each authority. A list that has expired refuses everybody.',
  ),
  revokedFingerprints: setting(
    z.array(fingerprint).default([]),
    'Revoked certificates',
    'SHA-256 fingerprints of certificates that are refused, whoever signed them.',
  ),
})

export const tls = z.strictObject({
  certificate: setting(
    secret,
    'Certificate',
    'Reference to the certificate chain in PEM, such as file:tls/kiosks.crt.',
  ),
  key: setting(secret, 'Private key', 'Reference to the private key in PEM.'),
  minVersion: setting(
    z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
    'Oldest version',
    'Oldest version of TLS that a machine may speak.',
  ),
  ciphers: setting(
    z.enum(['modern', 'compatible']).default('modern'),
    'Ciphers of TLS 1.2',
    'Modern ones have forward secrecy and authenticate what they encrypt. Compatible adds ECDHE with AES-CBC, for machines with an old Windows.',
  ),
  clientCertificates: setting(
    clientCertificates.optional(),
    'Client certificates',
    'Present when machines show a certificate of their own.',
  ),
  handshakeTimeoutMs: setting(
    milliseconds(100, 120_000).default(10_000),
    'Longest handshake',
    'A machine that has not finished its handshake by then is cut off.',
    'ms',
  ),
  watchMs: setting(
    count(0, 86_400_000).default(10_000),
    'Files are looked at every',
    'When a file of certificates, keys or lists has changed, new connections use it and open ones go on; 0 switches it off.',
    'ms',
  ),
})

export type TlsConfig = z.infer<typeof tls>
export type ClientCertificatesConfig = z.infer<typeof clientCertificates>

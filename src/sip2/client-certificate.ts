import type { X509Certificate } from 'node:crypto'
import type { TerminalConfig } from '../runtime/config/schema.ts'

/** What a machine's certificate says, once its signature has been checked. */
export interface ClientCertificate {
  /** Parts of the subject, such as `CN=kiosk-1`. */
  readonly subject: readonly string[]
  /** Subject alternative names without their kind, in lower case. */
  readonly names: readonly string[]
  /** SHA-256, see {@link plainFingerprint}. */
  readonly fingerprint: string
}

export type CertificateRule = NonNullable<NonNullable<TerminalConfig['from']>['certificate']>

export function describeCertificate(certificate: X509Certificate): ClientCertificate {
  return {
    subject: certificate.subject.split(/\n| \+ /).map(unescapePart),
    names: readNames(certificate.subjectAltName ?? ''),
    fingerprint: plainFingerprint(certificate.fingerprint256),
  }
}

/** All that the rule names must hold; without a certificate only the absence of a rule does. */
export function makeCertificateTest(rule: CertificateRule | undefined) {
  if (rule === undefined) return () => true
  const fingerprints = rule.fingerprint?.map(plainFingerprint)
  const names = rule.san?.map((name) => name.toLowerCase())
  return (certificate: ClientCertificate | undefined): boolean =>
    certificate !== undefined &&
    (rule.subject?.every((part) => certificate.subject.includes(part)) ?? true) &&
    (names?.some((name) => certificate.names.includes(name)) ?? true) &&
    (fingerprints?.includes(certificate.fingerprint) ?? true)
}

/** Hexadecimal digits in lower case and nothing else. */
export const plainFingerprint = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase()

/** Special characters of the subject are written with a backslash, control characters as their code. [RFC 4514] */
const unescapePart = (part: string): string =>
  part.replace(/\\([0-9A-F]{2}|.)/gs, (_, code: string) =>
    code.length === 2 ? String.fromCharCode(Number.parseInt(code, 16)) : code,
  )

/** `DNS:kiosk-1.example.org, IP Address:10.1.2.3`; a value with a comma or a quotation mark in it is quoted. */
function readNames(text: string): string[] {
  return [...text.matchAll(/(?:^|, )[A-Za-z ]+:("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(([, value = '']) =>
    (value.startsWith('"') ? unquote(value) : value).toLowerCase(),
  )
}

function unquote(literal: string): string {
  try {
    return String(JSON.parse(literal))
  } catch {
    // As it stands it equals no name of the configuration by mistake.
    return literal
  }
}

/** What can be checked on this computer alone, beyond what the configuration's loader tells: the certificates. */
import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { Config, Sip2ListenerConfig } from '../runtime/config/schema.ts'
import { TlsMaterial } from '../sip2/tls-material.ts'
import { type CheckFinding, findingsOf } from './check-finding.ts'

const soonMs = 30 * 24 * 60 * 60 * 1000

export function checkLocally({ listeners }: Config): readonly CheckFinding[] {
  return listeners.sip2.flatMap(checkTls)
}

function checkTls({ name, tls }: Sip2ListenerConfig): readonly CheckFinding[] {
  if (tls === undefined) return []
  const found = findingsOf(name)
  try {
    createSecureContext({ cert: tls.certificate.reveal(), key: tls.key.reveal() })
  } catch {
    return [found('fail', 'tls', 'the certificate or its key cannot be used', 'Both must be PEM and belong together.')]
  }
  try {
    new TlsMaterial(tls)
  } catch {
    const lists = 'the authority or the revocation list of client certificates cannot be used'
    return [found('fail', 'tls', lists, 'Both must be PEM.')]
  }
  const until = new Date(new X509Certificate(tls.certificate.reveal()).validTo)
  const left = until.getTime() - Date.now()
  const day = until.toISOString().slice(0, 10)
  if (left <= 0) return [found('fail', 'tls', `the certificate has expired on ${day}`, 'Put a new one in its place.')]
  if (left < soonMs) return [found('warn', 'tls', `the certificate expires on ${day}`, 'Put a new one in its place.')]
  return [found('ok', 'tls', `the certificate is good until ${day}`)]
}

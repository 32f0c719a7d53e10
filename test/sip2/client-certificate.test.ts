import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { describeCertificate } from '../../src/sip2/client-certificate.ts'
import { Authority, withoutOpenssl } from '../helpers/authority.ts'

t.test('what a certificate says', { skip: withoutOpenssl }, async (t) => {
  const authority = new Authority(t)
  const issued = authority.issue('kiosk', {
    subject: '/O=Main Library, Hall/OU=A+CN=kiosk-1\\, or so',
    san: 'DNS:Kiosk-1.example.org,IP:10.1.2.3,email:kiosk@example.org,URI:urn:kiosk:1',
  })
  const described = describeCertificate(new X509Certificate(issued.certificate))
  t.ok(described.subject.includes('O=Main Library, Hall'))
  t.ok(described.subject.includes('OU=A'))
  t.same(described.names, ['kiosk-1.example.org', '10.1.2.3', 'kiosk@example.org', 'urn:kiosk:1'])
  t.equal(described.fingerprint, issued.fingerprint.replaceAll(':', '').toLowerCase())
})

t.test('a name cannot be slipped in', async (t) => {
  const certificate = (subject: string, subjectAltName: string | undefined) =>
    describeCertificate({ subject, subjectAltName, fingerprint256: '' } as X509Certificate)
  t.same(certificate('CN=x \\+ CN=kiosk-1', undefined).subject, ['CN=x + CN=kiosk-1'])
  t.same(certificate('CN=x\\0ACN=kiosk-1', undefined).subject, ['CN=x\nCN=kiosk-1'])
  t.same(certificate('CN=x', 'DNS:"x, DNS:kiosk-1", DNS:y').names, ['x, dns:kiosk-1', 'y'])
  t.same(certificate('CN=x', 'DNS:"\\q"').names, ['"\\q"'], 'and what is no text stays as it is')
})

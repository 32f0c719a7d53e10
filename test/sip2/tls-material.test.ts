import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { Secret } from '../../src/runtime/config/secret.ts'
import { TlsMaterial } from '../../src/sip2/tls-material.ts'
import { Authority, withoutOpenssl } from '../helpers/authority.ts'

const secretOf = (file: string): Secret => {
  const secret = new Secret(`file:${file}`)
  secret.resolve(readFileSync(file, 'utf8'), file)
  return secret
}

t.test('what cannot be used is not taken', { skip: withoutOpenssl }, async (t) => {
  const authority = new Authority(t)
  const server = authority.issue('server')
  const make = () =>
    new TlsMaterial({
      certificate: secretOf(server.certificateFile),
      key: secretOf(server.keyFile),
      minVersion: 'TLSv1.2',
      ciphers: 'modern',
      handshakeTimeoutMs: 1000,
      watchMs: 0,
      clientCertificates: {
        ca: secretOf(authority.certificateFile),
        crl: secretOf(authority.crlFile),
        mode: 'required',
        revokedFingerprints: [],
      },
    })
  const material = make()
  for (const file of [authority.crlFile, authority.certificateFile, server.certificateFile, server.keyFile]) {
    const good = readFileSync(file, 'utf8')
    for (const bad of ['nothing of the kind', good.replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAA')]) {
      writeFileSync(file, bad)
      t.throws(make, { code: /^ERR_(OSSL|CRYPTO)/ })
      await t.rejects(material.reread(), { code: /^ERR_(OSSL|CRYPTO)/ })
      t.equal(await material.reread(), undefined, 'told once')
    }
    writeFileSync(file, good)
    t.match(await material.reread(), { cert: /BEGIN CERTIFICATE/ }, 'and good again')
  }
  t.ok(make())
})

t.test('several authorities and lists in one file are all read', { skip: withoutOpenssl }, async (t) => {
  const [one, two] = [new Authority(t), new Authority(t)]
  const server = one.issue('server')
  const both = (files: readonly string[]) =>
    new Secret('env:BOTH', files.map((file) => readFileSync(file, 'utf8')).join(''))
  const { options } = new TlsMaterial({
    certificate: secretOf(server.certificateFile),
    key: secretOf(server.keyFile),
    minVersion: 'TLSv1.2',
    ciphers: 'modern',
    handshakeTimeoutMs: 1000,
    watchMs: 0,
    clientCertificates: {
      ca: both([one.certificateFile, two.certificateFile]),
      crl: both([one.crlFile, two.crlFile]),
      mode: 'required',
      revokedFingerprints: [],
    },
  })
  t.match(options, { ca: { length: 2 }, crl: { length: 2 } })
})

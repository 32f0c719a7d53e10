/** A certificate authority with a revocation list, made by the openssl command for one test. */
import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** For the `skip` of a test. */
export const withoutOpenssl: string | false =
  spawnSync('openssl', ['version']).status === 0 ? false : 'the openssl command is not here'

export interface Issued {
  /** Paths of PEM files. */
  readonly certificateFile: string
  readonly keyFile: string
  /** PEM. */
  readonly certificate: string
  readonly key: string
  /** SHA-256, with colons. */
  readonly fingerprint: string
}

const configuration = (folder: string): string => `
[ca]
default_ca = own
[own]
database = ${folder}/index.txt
crlnumber = ${folder}/crlnumber
certificate = ${folder}/ca.crt
private_key = ${folder}/ca.key
default_md = sha256
default_crl_days = 30
[req]
distinguished_name = names
[names]
`

export class Authority {
  readonly #folder: string

  constructor(t: Test) {
    const folder = mkdtempSync(join(tmpdir(), 'authority-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    this.#folder = folder
    writeFileSync(join(folder, 'openssl.cnf'), configuration(folder))
    writeFileSync(join(folder, 'index.txt'), '')
    writeFileSync(join(folder, 'crlnumber'), '01\n')
    const extensions = ['-addext', 'basicConstraints=critical,CA:true', '-addext', 'keyUsage=keyCertSign,cRLSign']
    this.#request('ca', '/CN=Kiosk CA', ['-x509', '-days', '30', '-out', join(folder, 'ca.crt'), ...extensions])
    this.writeCrl()
  }

  get certificateFile(): string {
    return join(this.#folder, 'ca.crt')
  }

  get crlFile(): string {
    return join(this.#folder, 'ca.crl')
  }

  /** @param san `DNS:kiosk-1.example.org`, several with commas between them */
  issue(name: string, { subject = `/CN=${name}`, san = 'IP:127.0.0.1', days = 30 } = {}): Issued {
    const file = (extension: string) => join(this.#folder, `${name}.${extension}`)
    this.#request(name, subject, ['-out', file('csr')])
    writeFileSync(file('ext'), `subjectAltName=${san}\n`)
    const signer = ['-CA', this.certificateFile, '-CAkey', join(this.#folder, 'ca.key'), '-CAcreateserial']
    this.#run(
      'x509',
      '-req',
      '-in',
      file('csr'),
      ...signer,
      '-days',
      `${days}`,
      '-extfile',
      file('ext'),
      '-out',
      file('crt'),
    )
    const certificate = readFileSync(file('crt'), 'utf8')
    return {
      certificateFile: file('crt'),
      keyFile: file('key'),
      certificate,
      key: readFileSync(file('key'), 'utf8'),
      fingerprint: new X509Certificate(certificate).fingerprint256,
    }
  }

  /** Puts a certificate on the list, which is written anew. */
  revoke({ certificateFile }: Issued): void {
    this.#run('ca', '-config', join(this.#folder, 'openssl.cnf'), '-revoke', certificateFile)
    this.writeCrl()
  }

  writeCrl(...options: string[]): void {
    this.#run('ca', '-config', join(this.#folder, 'openssl.cnf'), '-gencrl', '-out', this.crlFile, ...options)
  }

  #request(name: string, subject: string, more: readonly string[]): void {
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-noenc',
      '-keyout',
      join(this.#folder, `${name}.key`),
    ]
    this.#run('req', '-new', '-config', join(this.#folder, 'openssl.cnf'), ...key, '-subj', subject, ...more)
  }

  #run(...parameters: string[]): void {
    execFileSync('openssl', parameters, { stdio: 'pipe' })
  }
}

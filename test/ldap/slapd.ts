/** A real OpenLDAP in a folder of its own, on free ports. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { generate } from 'selfsigned'
import type { Test } from 'tap'

const program = '/usr/sbin/slapd'

/** Why the tests must be skipped; false when OpenLDAP is there. */
export const noSlapd: string | false = existsSync(program) ? false : 'OpenLDAP (slapd) is not installed'

export const suffix = 'dc=example,dc=org'
export const people = `ou=people,${suffix}`
export const account = { dn: `cn=circbridge,${suffix}`, password: 'account-secret' }
/** Of every person but those without one. */
export const password = 'Grüße, 1234'
/** An identifier made of what filters and names give a meaning to. */
export const oddName = 'O\'Neil, (x)* +"<a>;b=c\\d#'

const configOf = (folder: string): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile ${folder}/slapd.pid
TLSCertificateFile ${folder}/cert.pem
TLSCertificateKeyFile ${folder}/key.pem
TLSVerifyClient never
allow bind_anon_cred bind_anon_dn
access to dn.base="" by * read
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${account.dn}" read by * none
database mdb
suffix "${suffix}"
directory ${folder}/data
maxsize 16777216
overlay ppolicy
ppolicy_default "cn=policy,${suffix}"
ppolicy_use_lockout
`

const person = (uid: string, more: Readonly<Record<string, string>> = {}): string =>
  entry(`uid=${escapeDn(uid)},${people}`, {
    objectClass: 'inetOrgPerson',
    uid,
    cn: 'canary name',
    sn: 'canary',
    userPassword: password,
    ...more,
  })

const escapeDn = (value: string): string => value.replace(/[ #"+,;<=>\\]/g, (character) => `\\${character}`)

function entry(dn: string, attributes: Readonly<Record<string, string | readonly string[]>>): string {
  const line = (name: string, value: string) => `${name}:: ${Buffer.from(value).toString('base64')}`
  const lines = Object.entries(attributes).flatMap(([name, values]) =>
    [values].flat().map((value) => line(name, value)),
  )
  return [line('dn', dn), ...lines, ''].join('\n')
}

const content = [
  entry(suffix, { objectClass: ['organization', 'dcObject'], o: 'Example', dc: 'example' }),
  entry(people, { objectClass: 'organizationalUnit', ou: 'people' }),
  entry(account.dn, {
    objectClass: ['organizationalRole', 'simpleSecurityObject'],
    cn: 'circbridge',
    userPassword: account.password,
  }),
  entry(`cn=policy,${suffix}`, {
    objectClass: ['device', 'pwdPolicy'],
    cn: 'policy',
    pwdAttribute: 'userPassword',
    pwdLockout: 'TRUE',
    pwdMaxFailure: '50',
    pwdMaxAge: '315360000',
  }),
  person('anna', { employeeNumber: '21234000000001' }),
  person('jonas'),
  person('twin-1', { employeeNumber: 'shared' }),
  person('twin-2', { employeeNumber: 'shared' }),
  person('twin-3', { employeeNumber: 'shared' }),
  person(oddName),
  person('locked', { pwdAccountLockedTime: '000001010000Z' }),
  person('expired', { pwdChangedTime: '20010101000000Z' }),
  entry(`uid=open,${people}`, { objectClass: 'inetOrgPerson', uid: 'open', cn: 'canary name', sn: 'canary' }),
].join('\n')

export class Slapd {
  readonly port: number
  readonly securePort: number
  readonly certificate: string
  readonly #folder: string
  #process: ChildProcess | undefined

  private constructor(folder: string, certificate: string, [port, securePort]: readonly [number, number]) {
    this.#folder = folder
    this.certificate = certificate
    this.port = port
    this.securePort = securePort
  }

  static async start(t: Test): Promise<Slapd> {
    const folder = t.testdir({ data: {} })
    const made = await generate([{ name: 'commonName', value: 'localhost' }], {
      algorithm: 'sha256',
      extensions: [
        {
          name: 'subjectAltName',
          altNames: [
            { type: 7, ip: '127.0.0.1' },
            { type: 2, value: 'ldap.example.org' },
          ],
        },
      ],
    })
    mkdirSync(join(folder, 'data'), { recursive: true })
    writeFileSync(join(folder, 'cert.pem'), made.cert)
    writeFileSync(join(folder, 'key.pem'), made.private)
    writeFileSync(join(folder, 'slapd.conf'), configOf(folder))
    writeFileSync(join(folder, 'content.ldif'), content)
    const added = spawnSync('/usr/sbin/slapadd', ['-f', 'slapd.conf', '-l', 'content.ldif'], {
      cwd: folder,
      env: {},
      encoding: 'utf8',
    })
    if (added.status !== 0) throw new Error(added.stderr)
    const slapd = new Slapd(folder, made.cert, [await freePort(), await freePort()])
    t.teardown(() => slapd.stop())
    await slapd.run()
    return slapd
  }

  get url(): string {
    return `ldap://127.0.0.1:${this.port}`
  }

  get secureUrl(): string {
    return `ldaps://127.0.0.1:${this.securePort}`
  }

  async run(): Promise<void> {
    const urls = `${this.url} ${this.secureUrl}`
    this.#process = spawn(program, ['-f', 'slapd.conf', '-h', urls, '-d', '0'], {
      cwd: this.#folder,
      env: {},
      stdio: 'ignore',
    })
    while (!(await answers(this.port))) await sleep(20)
  }

  async stop(): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (running === undefined || running.exitCode !== null) return
    const ended = once(running, 'exit')
    running.kill('SIGCONT')
    running.kill('SIGKILL')
    await ended
  }

  /** It takes connections and says nothing. */
  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#process?.kill('SIGCONT')
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}

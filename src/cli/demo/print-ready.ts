/** Where everything is and what can be tried, for people and for programs. */
import { paint } from '../paint.ts'
import { anna, broker, institution, items, jonas, partners, patrons, rose, terminals } from './cast.ts'
import { indent, layOut } from './layout.ts'
import type { Addresses } from './stage.ts'
import type { PlayedStep } from './step.ts'

export function formatReady(at: Addresses, width: number): string {
  const table = (rows: readonly (readonly string[])[]): string[] => {
    const columns = (rows[0] ?? []).map(() => ({ most: width }))
    return indent(layOut(rows, columns, width - 4), 4)
  }
  const section = (heading: string, lines: readonly string[]): string[] => ['', `  ${paint('bold', heading)}`, ...lines]
  return [
    '',
    paint('bold', 'Now it is your turn. Everything stays up until you press Ctrl+C.'),
    ...section(
      'Where',
      table([
        ['SIP2', `${at.sip2.host}:${at.sip2.port}`],
        ['SIP2 over TLS', `${at.sip2Tls.host}:${at.sip2Tls.port}`],
        ['Certificate', at.certificateFile],
        ['HTTP', at.http],
        ['', 'POST /ncip, GET /healthz, GET /readyz, GET /metrics'],
        ['Simulated Alma', `${at.alma}/almaws/v1`],
        ['API key', at.almaApiKey],
        ['Alma by hand', `${at.alma}/control: state, calls, faults`],
      ]),
    ),
    ...section(
      'Log-ins of machines (SIP2: CN, CO)',
      table(
        terminals.map(({ user, password, library, circulationDesk, note }) => [
          user,
          password,
          `${library} ${circulationDesk}`,
          note,
        ]),
      ),
    ),
    ...section(
      `Partners (NCIP: FromAgencyId, X-Circbridge-Key; ToAgencyId ${institution.agency})`,
      table(partners.map(({ agency, key, note }) => [agency, key, note])),
    ),
    ...section('Patrons', table(patrons.map(({ barcode, name, note }) => [barcode, name, note]))),
    ...section('Items', table(items.map(({ barcode, title, note }) => [barcode, title, note]))),
    ...section('To copy into another terminal', indent(commands(at), 4)),
    '',
  ].join('\n')
}

/** Each a line of its own, unbroken, so that it can be copied. */
function commands({ sip2, sip2Tls, http, certificateFile, ncipFile }: Addresses): string[] {
  const login = (user: string): string =>
    `--user ${user} --password ${terminals.find((one) => one.user === user)?.password}`
  return [
    `npx circbridge sip2 --port ${sip2.port} ${login('kiosk')} info ${anna.barcode} --list charged`,
    `npx circbridge sip2 --port ${sip2Tls.port} --ca ${certificateFile} ${login('kiosk')} checkout ${jonas.barcode} ${rose.barcode}`,
    `npx circbridge sip2 --port ${sip2.port} ${login('sorter')} checkin ${rose.barcode}`,
    `curl -H 'X-Circbridge-Key: ${broker.key}' --data-binary @${ncipFile} ${http}/ncip`,
  ]
}

/** One line for programs: everything that the text for people says. */
export function formatReadyJson(at: Addresses, visit: readonly PlayedStep[] | undefined): string {
  const { almaApiKey, certificateFile, ...addresses } = at
  return JSON.stringify({
    addresses: { sip2: addresses.sip2, sip2Tls: addresses.sip2Tls, http: addresses.http, alma: addresses.alma },
    almaApiKey,
    certificateFile,
    institution: institution.agency,
    logins: terminals,
    partners,
    patrons: patrons.map(({ barcode, id, name, note }) => ({ barcode, id, name, note })),
    items,
    ...(visit && { visit: { ok: visit.every(({ ok }) => ok), steps: visit.map(toJson) } }),
  })
}

const toJson = ({ heading, who, ok, budget, durationMs, calls, checks }: PlayedStep) => ({
  step: heading,
  who,
  ok,
  almaCalls: calls.length,
  budget,
  durationMs: Math.round(durationMs * 1000) / 1000,
  checks,
})

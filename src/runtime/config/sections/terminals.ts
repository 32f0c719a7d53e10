import { z } from 'zod'
import { code, fingerprint, isObjectPayload, name, network, oneOrMany, passwordHash, setting } from '../fields.ts'

const login = z.strictObject({
  user: setting(z.string().min(1).max(255), 'User', 'Log-in user (CN) that the machine sends.'),
  passwordHash: setting(
    passwordHash,
    'Password hash',
    'argon2id hash of the log-in password (CO), as "circbridge hash-password" prints it, or a reference to one.',
  ),
})

const clientCertificate = z
  .strictObject({
    subject: setting(
      oneOrMany(
        z.string().regex(/^[A-Za-z0-9.]+=.+$/, { error: 'must be a part of the subject, such as CN=kiosk-1' }),
      ).optional(),
      'Subject',
      'Part of the subject such as CN=kiosk-1, or a list of parts that must all be there.',
    ),
    san: setting(
      oneOrMany(z.string().min(1).max(255)).optional(),
      'Alternative name',
      'DNS name, address, mail address or URI in the certificate, or a list of which one must be there.',
    ),
    fingerprint: setting(
      oneOrMany(fingerprint).optional(),
      'Fingerprint',
      'SHA-256 fingerprint of the certificate, or a list of them.',
    ),
  })
  .refine((rule) => rule.subject !== undefined || rule.san !== undefined || rule.fingerprint !== undefined, {
    error: 'needs subject, san or fingerprint',
  })

const from = z
  .strictObject({
    listener: setting(oneOrMany(name).optional(), 'Listener', 'Name of the listener, or a list of names.'),
    addresses: setting(
      z.array(network).min(1).optional(),
      'Addresses',
      'Networks in CIDR form, or addresses, from which the machine connects.',
    ),
    certificate: setting(
      clientCertificate.optional(),
      'Client certificate',
      'What the certificate of the machine must say. Its listener must ask for one (tls.clientCertificates).',
    ),
  })
  .refine(
    ({ listener, addresses, certificate }) =>
      listener !== undefined || addresses !== undefined || certificate !== undefined,
    { error: 'needs listener, addresses or certificate' },
  )

const terminal = z
  .strictObject({
    name: setting(name, 'Name', 'Name of the terminal in logs, metrics and the journal.'),
    login: setting(login.optional(), 'Log-in', 'User and password that the machine must send.'),
    from: setting(
      from.optional(),
      'Origin',
      'Where the machine connects from. Beside a log-in it narrows it; alone it logs the machine in without a message.',
    ),
    location: setting(
      oneOrMany(z.string().min(1).max(255)).optional(),
      'Location code',
      'Location code (CP) that the machine must send with its log-in, or a list. It tells machines apart and proves nothing.',
    ),
    institution: setting(name, 'Institution', 'Short name of the institution that the machine belongs to.'),
    library: setting(code, 'Library', "Alma's code of the library where the machine stands."),
    circulationDesk: setting(
      code,
      'Circulation desk',
      "Alma's code of the circulation desk at which the machine lends and takes back.",
    ),
    profile: setting(name.default('plain'), 'Profile', 'Name of the profile that says how the machine speaks.'),
  })
  .refine((value) => value.login !== undefined || value.from !== undefined, {
    error: 'needs login, from or both, else nothing tells this terminal from others',
    when: isObjectPayload,
  })

export const terminals = setting(
  z.array(terminal).default([]),
  'Terminals',
  'The machines that may speak SIP2, in order: the first one that matches a connection and its log-in is taken.',
)

export type TerminalConfig = z.infer<typeof terminal>

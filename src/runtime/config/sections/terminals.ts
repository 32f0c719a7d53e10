import { z } from 'zod'
import { code, isObjectPayload, name, network, oneOrMany, passwordHash, setting } from '../fields.ts'

const login = z.strictObject({
  user: setting(z.string().min(1).max(255), 'User', 'Log-in user (CN) that the machine sends.'),
  passwordHash: setting(
    passwordHash,
    'Password hash',
    'argon2id hash of the log-in password (CO), as "circbridge hash-password" prints it, or a reference to one.',
  ),
})

const from = z
  .strictObject({
    listener: setting(oneOrMany(name).optional(), 'Listener', 'Name of the listener, or a list of names.'),
    addresses: setting(
      z.array(network).min(1).optional(),
      'Addresses',
      'Networks in CIDR form, or addresses, from which the machine connects.',
    ),
  })
  .refine((value) => value.listener !== undefined || value.addresses !== undefined, {
    error: 'needs listener, addresses or both',
  })

const terminal = z
  .strictObject({
    name: setting(name, 'Name', 'Name of the terminal in logs, metrics and the journal.'),
    login: setting(login.optional(), 'Log-in', 'User and password that the machine must send.'),
    from: setting(
      from.optional(),
      'Origin',
      'Where the machine connects from. Beside a log-in it narrows it; alone it logs the machine in without a message.',
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

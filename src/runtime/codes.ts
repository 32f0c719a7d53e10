/**
 * The closed table of everything that is logged: what happened, for people, and what to do about it. A code is for
 * ever: searches and alarms rely on it. `docs/errors.md` is made from this table.
 *
 * Sentences are fixed. What varies from one event to the next goes beside them as facts.
 */
export type Severity = 'debug' | 'info' | 'warn' | 'error'

export interface CodeEntry {
  readonly severity: Severity
  readonly sentence: string
  /** What a person does about it, empty when nothing is needed. */
  readonly advice: string
}

const lifecycle = {
  PROCESS_STARTED: { severity: 'info', sentence: 'Circbridge is up.', advice: '' },
  PROCESS_STOPPING: { severity: 'info', sentence: 'Circbridge was told to stop and drains.', advice: '' },
  PROCESS_STOPPED: { severity: 'info', sentence: 'Circbridge has stopped.', advice: '' },
  PART_STARTED: { severity: 'debug', sentence: 'A part of the process has started.', advice: '' },
  PART_START_FAILED: {
    severity: 'error',
    sentence: 'A part of the process could not start; the process ends.',
    advice: 'See the part and the error beside it.',
  },
  PART_STOP_FAILED: {
    severity: 'warn',
    sentence: 'A part of the process failed while it stopped; the others were stopped all the same.',
    advice: 'Harmless if it happens once. Report it when it repeats.',
  },
  PART_STOP_TIMEOUT: {
    severity: 'warn',
    sentence: 'A part of the process did not stop in time and was left behind.',
    advice: 'Raise limits.drainMs if requests need longer to finish.',
  },
  STOP_FORCED: {
    severity: 'warn',
    sentence: 'A second signal ended the process at once; requests under way were cut off.',
    advice: 'Check the last transactions in Alma.',
  },
  INTERNAL_ERROR: {
    severity: 'error',
    sentence: 'A fault of Circbridge itself. The machine got a well-formed reply that says no.',
    advice: 'Report it with the lines of the same message id.',
  },
  UNCAUGHT_ERROR: {
    severity: 'error',
    sentence: 'A fault of Circbridge that nothing caught; the process ends and is started again by its supervisor.',
    advice: 'Report it with the stack beside it.',
  },
} satisfies Record<string, CodeEntry>

const config = {
  CONFIG_LOADED: { severity: 'info', sentence: 'The configuration was read.', advice: '' },
  CONFIG_CHANGED: { severity: 'info', sentence: 'A key of the configuration has changed and is in use.', advice: '' },
  CONFIG_RELOADED: {
    severity: 'info',
    sentence: 'The configuration was read again; machines that log in now are served by it.',
    advice: '',
  },
  CONFIG_UNCHANGED: {
    severity: 'info',
    sentence: 'The configuration was read again; nothing that can change now differs.',
    advice: '',
  },
  CONFIG_NEEDS_RESTART: {
    severity: 'warn',
    sentence: 'A key of the configuration has changed that is read at the start only; the old value stays in use.',
    advice: 'Restart Circbridge when it suits.',
  },
  CONFIG_REFUSED: {
    severity: 'error',
    sentence: 'The configuration was read again and cannot be used; all of the one before stays in use.',
    advice: 'Correct the line; "circbridge check --offline" tells every fault.',
  },
} satisfies Record<string, CodeEntry>

const listener = {
  LISTENER_STARTED: { severity: 'info', sentence: 'A listener takes connections.', advice: '' },
  LISTENER_STOPPED: { severity: 'info', sentence: 'A listener takes no more connections.', advice: '' },
  LISTENER_PORT_TAKEN: {
    severity: 'error',
    sentence: 'The port of a listener is in use by another program.',
    advice: 'Stop the other program or change the port in the configuration.',
  },
  LISTENER_PORT_DENIED: {
    severity: 'error',
    sentence: 'This user may not listen at the port or address.',
    advice: 'Take a port above 1023, or an address that this computer has.',
  },
  LISTENER_FAILED: {
    severity: 'error',
    sentence: 'A listener has failed.',
    advice: 'See the error beside it.',
  },
  CONNECTION_OPENED: { severity: 'debug', sentence: 'A machine has connected.', advice: '' },
  CONNECTION_CLOSED: { severity: 'debug', sentence: 'A connection has ended.', advice: '' },
  CONNECTION_REFUSED: {
    severity: 'warn',
    sentence: 'A connection was refused because a limit was reached or its address is not known.',
    advice:
      'If the machine is yours, see maxConnections, maxConnectionsPerAddress, allowFrom and the terminals of the configuration.',
  },
  PROXY_HEADER_INVALID: {
    severity: 'warn',
    sentence: 'A trusted proxy sent no PROXY header, or one that is wrong or too long; the connection was refused.',
    advice: 'Have the proxy send the PROXY protocol, or take it out of trustedProxies. See maxHeaderBytes.',
  },
  CERTIFICATE_REFUSED: {
    severity: 'warn',
    sentence: 'A machine showed a certificate that is not signed by the authority, has expired or is revoked.',
    advice: 'Check the certificate of the machine. If all are refused, the revocation list may have expired.',
  },
  TLS_HANDSHAKE_FAILED: {
    severity: 'warn',
    sentence: 'A machine did not finish its TLS handshake.',
    advice: 'Check that the machine speaks TLS, its oldest version and that it trusts the certificate.',
  },
  TLS_MATERIAL_INVALID: {
    severity: 'error',
    sentence: 'A certificate, private key or revocation list of a listener cannot be used.',
    advice: 'Check that all are PEM and that certificate and key belong together. Until then the old ones stay in use.',
  },
  TLS_MATERIAL_RELOADED: {
    severity: 'info',
    sentence: 'New connections of a listener use its new certificates, key and revocation lists.',
    advice: '',
  },
} satisfies Record<string, CodeEntry>

const session = {
  LOGIN_ACCEPTED: { severity: 'info', sentence: 'A terminal has logged in.', advice: '' },
  LOGIN_REFUSED: {
    severity: 'warn',
    sentence:
      'A log-in was refused: user, password, location code or origin match no terminal, or too many were wrong.',
    advice: 'Compare the log-in of the machine with the terminals of the configuration. See limits.loginThrottle.',
  },
  LOGIN_ATTEMPTS_EXCEEDED: {
    severity: 'warn',
    sentence: 'A connection was closed after too many wrong log-ins, or other requests before the log-in.',
    advice: 'Correct the log-in of the machine, and have it log in first. See limits.loginAttempts.',
  },
  LOGIN_TIMEOUT: {
    severity: 'warn',
    sentence: 'A connection was closed because nobody logged in.',
    advice: 'Have the machine send its log-in, or name its address under from.',
  },
  LOGIN_MISSING: {
    severity: 'warn',
    sentence: 'A machine sent a request before it had logged in.',
    advice: 'Have the machine log in first, or name its address under from.',
  },
  PASSWORD_HASH_INVALID: {
    severity: 'error',
    sentence: 'The password hash of a terminal cannot be used.',
    advice: 'Make a new one with circbridge hash-password.',
  },
  PIN_ATTEMPTS_EXCEEDED: {
    severity: 'warn',
    sentence: 'Too many wrong PINs of one patron were given at a machine; further ones are refused for a while.',
    advice:
      'Once is somebody who has forgotten it. Many at one machine are guesses: change its password. See limits.pinThrottle.',
  },
  SESSION_IDLE: { severity: 'info', sentence: 'A connection was closed because the machine was silent.', advice: '' },
  SESSION_REQUEST_TIMEOUT: {
    severity: 'warn',
    sentence: 'A connection was closed because the machine began a request and did not end it.',
    advice: 'Check that the machine ends its requests with CR, and the network. See requestTimeoutMs.',
  },
  SESSION_WRITE_TIMEOUT: {
    severity: 'warn',
    sentence: 'A connection was closed because the machine did not read its reply.',
    advice: 'Check the network and the machine.',
  },
} satisfies Record<string, CodeEntry>

const sip2 = {
  SIP2_MESSAGE: { severity: 'info', sentence: 'A request of a machine was answered.', advice: '' },
  SIP2_MESSAGE_REPEATED: {
    severity: 'info',
    sentence: 'A request came again; the last reply was sent again and nothing was executed.',
    advice: 'If it happens often, raise timeoutTenths in the profile.',
  },
  SIP2_CHECKSUM_WRONG: {
    severity: 'warn',
    sentence: 'The checksum of a request is wrong; the machine was asked to send it again.',
    advice: 'Check that the character set of the machine and of its profile agree.',
  },
  SIP2_FRAME_TOO_LONG: {
    severity: 'warn',
    sentence: 'A request was longer than allowed and was dropped.',
    advice: 'Raise maxFrameBytes if the machine is right, before its log-in maxLoginFrameBytes.',
  },
  SIP2_MESSAGE_UNKNOWN: {
    severity: 'warn',
    sentence: 'A request is none that SIP2 knows.',
    advice: 'Check what the machine sends with circbridge sip2.',
  },
  SIP2_MESSAGE_MALFORMED: {
    severity: 'warn',
    sentence: 'A request breaks the rules of SIP2 and could not be understood.',
    advice: 'Check what the machine sends with circbridge sip2.',
  },
  SIP2_FIELD_TOLERATED: {
    severity: 'debug',
    sentence: 'A request breaks a rule of SIP2 and was understood all the same.',
    advice: '',
  },
  SIP2_REPLY_CUT: {
    severity: 'info',
    sentence: 'The lists of a reply were cut to the longest reply of the profile.',
    advice: 'Raise maxReplyBytes if the machine takes more.',
  },
} satisfies Record<string, CodeEntry>

const ncip = {
  NCIP_MESSAGE: { severity: 'info', sentence: 'A message of a partner was answered.', advice: '' },
  NCIP_MESSAGE_MALFORMED: {
    severity: 'warn',
    sentence: 'A message is not well-formed NCIP; the partner got a Problem.',
    advice: 'Send the message with circbridge ncip and read the Problem.',
  },
  NCIP_DOCTYPE_REFUSED: {
    severity: 'warn',
    sentence: 'A message with a document type declaration was refused.',
    advice: 'The partner must leave it out.',
  },
  NCIP_BODY_TOO_LARGE: {
    severity: 'warn',
    sentence: 'A message was larger than allowed and was refused.',
    advice: 'Raise listeners.http.maxBodyBytes if the partner is right.',
  },
  NCIP_SERVICE_NOT_SERVED: {
    severity: 'info',
    sentence: 'A partner asked for a service that it may not use or that is not served.',
    advice: 'See services of the partner in the configuration.',
  },
  NCIP_PARTNER_REFUSED: {
    severity: 'warn',
    sentence: 'A message was refused: agency, key or address match no partner.',
    advice: 'Compare what the partner sends with ncip.partners of the configuration.',
  },
  NCIP_OVERLOADED: {
    severity: 'warn',
    sentence: 'A message was refused because too many are under way.',
    advice: 'See listeners.http.maxInFlight.',
  },
} satisfies Record<string, CodeEntry>

const alma = {
  ALMA_OFFLINE: {
    severity: 'error',
    sentence: 'Alma cannot be reached; machines are told to wait.',
    advice: 'See the status page of Ex Libris and the network of this computer.',
  },
  ALMA_ONLINE: { severity: 'info', sentence: 'Alma can be reached again.', advice: '' },
  ALMA_CALL: { severity: 'debug', sentence: 'Alma answered a call.', advice: '' },
  ALMA_CALL_FAILED: {
    severity: 'warn',
    sentence: 'A call to Alma failed.',
    advice: 'See status and almaCode beside it.',
  },
  ALMA_OUTCOME_UNKNOWN: {
    severity: 'error',
    sentence: 'A change was sent to Alma and its end could not be learnt.',
    advice: 'Look the transaction up in Alma by the time and terminal beside it.',
  },
  ALMA_KEY_REFUSED: {
    severity: 'error',
    sentence: 'Alma refused the API key, or the key lacks a right.',
    advice: 'Run circbridge check: it tells which area lacks a right.',
  },
} satisfies Record<string, CodeEntry>

const backlog = {
  CHANGE_ACCEPTED: {
    severity: 'info',
    sentence: 'A change was accepted without Alma; it waits in the journal and is carried out when Alma is back.',
    advice: '',
  },
  CHANGE_CARRIED_OUT: {
    severity: 'info',
    sentence: 'A change that waited for Alma was carried out.',
    advice: '',
  },
  CHANGE_NOT_CARRIED_OUT: {
    severity: 'info',
    sentence: 'A change of unknown end was looked for: Alma did not carry it out, and nobody was told that it did.',
    advice: '',
  },
  CHANGE_EXCEPTION: {
    severity: 'error',
    sentence: 'Alma refuses a change that a machine was told yes for, or its end cannot be learnt.',
    advice: 'A person must settle it: circbridge journal list shows it, retry or discard settles it.',
  },
  BACKLOG_PROGRESS: {
    severity: 'info',
    sentence:
      'Changes that waited for Alma are being carried out; count is how many were since the last such line, exceptions how many a person must settle since something waited.',
    advice: '',
  },
  BACKLOG_DRAINED: {
    severity: 'info',
    sentence:
      'No change waits for Alma any more; count is how many were carried out since something waited, exceptions how many became a matter for a person.',
    advice: '',
  },
} satisfies Record<string, CodeEntry>

const quota = {
  QUOTA_SECOND_EXCEEDED: {
    severity: 'warn',
    sentence: 'Alma refused a call because too many were made in one second; Circbridge slows down.',
    advice: 'Lower alma.quota.perSecond: other programs use the same quota.',
  },
  QUOTA_DAY_EXCEEDED: {
    severity: 'error',
    sentence: "The day's calls to Alma are used up.",
    advice: "Calls go through again after Alma's midnight. Ask Ex Libris for more, or find what used them up.",
  },
  QUOTA_REFUSED: {
    severity: 'warn',
    sentence: 'A message was not carried out because no call to Alma was free for it.',
    advice: 'See alma.quota: maxQueued and maxQueuedMs, and the daily floors that keep calls for patrons.',
  },
} satisfies Record<string, CodeEntry>

const journal = {
  JOURNAL_OPENED: {
    severity: 'info',
    sentence: 'The journal is open; the count is of changes that still matter.',
    advice: '',
  },
  JOURNAL_UNSETTLED: {
    severity: 'warn',
    sentence: 'The journal holds changes that are not settled: queued for Alma, of unknown end, or exceptions.',
    advice: 'Settle the exceptions with circbridge journal; the others are carried out or looked for in Alma.',
  },
  JOURNAL_RELOADED: {
    severity: 'info',
    sentence: 'Another program changed the journal; the counts are of what is not settled now.',
    advice: '',
  },
  JOURNAL_INSTITUTION_MISSING: {
    severity: 'warn',
    sentence:
      'Changes wait in the journal for an institution that the configuration does not have; a process that was started without it carries none of them out.',
    advice:
      'Put the institution back until nothing of it waits, or settle what waits: circbridge journal list --institution shows it.',
  },
  JOURNAL_MACHINE_FULL: {
    severity: 'warn',
    sentence: 'So many changes of one machine wait that nothing more is promised to it; other machines go on.',
    advice:
      'circbridge journal list --machine shows what waits. When a machine sends nonsense, change its password and discard that; else see why Alma takes nothing, or raise journal.sqlite.pendingPerMachine.',
  },
  JOURNAL_DISK_FULL: {
    severity: 'error',
    sentence: 'The disk of the journal is full, or the journal has its largest size; changes are refused.',
    advice: 'Free space, or raise journal.sqlite.maxMegabytes or lower purgeAfterDays. No restart is needed.',
  },
  JOURNAL_LOCKED: {
    severity: 'error',
    sentence: 'Another program holds the journal; changes are refused.',
    advice: 'Stop the other program. At the start it is often a second Circbridge with the same configuration.',
  },
  JOURNAL_CORRUPT: {
    severity: 'error',
    sentence: 'The file of the journal is damaged; changes are refused.',
    advice: 'Stop Circbridge, keep the file for recovery, start with a new one, and check the disk.',
  },
  JOURNAL_FILE_DENIED: {
    severity: 'error',
    sentence: 'The file of the journal cannot be opened or written.',
    advice: 'Check journal.sqlite.file and that the user of the process may write its folder.',
  },
  JOURNAL_MOVED: {
    severity: 'error',
    sentence: 'The file of the journal is no longer where it was; changes are refused.',
    advice: 'Put the file back in its place, or stop Circbridge and start it with another one.',
  },
  JOURNAL_WRITE_FAILED: {
    severity: 'error',
    sentence: 'The journal cannot be written; changes are refused.',
    advice: 'Check the disk. If that is well, restart Circbridge and report it.',
  },
  JOURNAL_RECOVERED: { severity: 'info', sentence: 'The journal can be written again.', advice: '' },
  JOURNAL_END_UNWRITTEN: {
    severity: 'error',
    sentence: 'A change was carried out and its end could not be written; the machine got the right answer.',
    advice: 'The end is written as soon as the journal works. After a restart the change counts as unsettled.',
  },
  JOURNAL_FOREIGN: {
    severity: 'error',
    sentence: 'The file of the journal is no journal of Circbridge; it was left as it is.',
    advice: 'Check journal.sqlite.file.',
  },
  JOURNAL_NEWER: {
    severity: 'error',
    sentence: 'The journal was made by a newer Circbridge; it was left as it is.',
    advice: 'Run the newer version, or start with a new file.',
  },
  JOURNAL_SCHEMA_CHANGED: {
    severity: 'error',
    sentence: 'The tables of the journal are not those that Circbridge made; it was left as it is.',
    advice: 'Restore the file, or start with a new one.',
  },
  JOURNAL_KEY_WRONG: {
    severity: 'error',
    sentence: 'A key of the journal is not the one that it was sealed with.',
    advice: 'Give the old key back its id, and give a new key a new one, above it in journal.sqlite.keys.',
  },
  JOURNAL_KEY_MISSING: {
    severity: 'error',
    sentence: 'The journal holds changes under a key that the configuration does not have.',
    advice: 'Put the old key back, below the others, until those changes are purged.',
  },
  JOURNAL_UNREADABLE: {
    severity: 'error',
    sentence: 'The answers to some changes can no longer be read; an equal request is read back in Alma instead.',
    advice: 'Check the disk.',
  },
  JOURNAL_PURGE_FAILED: {
    severity: 'warn',
    sentence: 'Old changes could not be deleted from the journal.',
    advice: 'It is tried again in an hour. See other messages of the journal.',
  },
} satisfies Record<string, CodeEntry>

const ldap = {
  LDAP_HOST_FAILED: {
    severity: 'warn',
    sentence: 'A host of the directory does not answer; the next one is asked.',
    advice: 'See errorCode beside it, and run circbridge check.',
  },
  LDAP_HOST_BACK: { severity: 'info', sentence: 'A host of the directory answers again.', advice: '' },
  LDAP_ACCOUNT_REFUSED: {
    severity: 'error',
    sentence: 'The directory refuses the account that searches; no password can be checked.',
    advice: 'Correct bindDn and bindPassword in the ldap section of the institution.',
  },
} satisfies Record<string, CodeEntry>

/** Areas in the order of the documentation. */
export const codeAreas = {
  'Start and stop': lifecycle,
  Configuration: config,
  'Listeners and connections': listener,
  'Log-in and sessions': session,
  SIP2: sip2,
  NCIP: ncip,
  Alma: alma,
  'Work while Alma is away': backlog,
  Quota: quota,
  Journal: journal,
  'Passwords by LDAP': ldap,
} as const

export const codes = {
  ...lifecycle,
  ...config,
  ...listener,
  ...session,
  ...sip2,
  ...ncip,
  ...alma,
  ...backlog,
  ...quota,
  ...journal,
  ...ldap,
} as const satisfies Record<string, CodeEntry>

export type LogCode = keyof typeof codes

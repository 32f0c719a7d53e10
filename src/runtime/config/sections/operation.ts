import { z } from 'zod'
import { count, milliseconds, name, secret, setting, text } from '../fields.ts'
import { loginThrottle } from './login-throttle.ts'
import { pinThrottle } from './pin-throttle.ts'

const journalKey = z.strictObject({
  id: setting(name, 'Name of the key', 'Stands in the journal beside everything that was sealed with the key.'),
  secret: setting(
    secret,
    'Key',
    'Reference to 32 random bytes in base64, as openssl rand -base64 32 prints them. Without it the journal cannot be read.',
  ),
})

export const journal = setting(
  z
    .strictObject({
      memory: setting(
        z
          .strictObject({
            entries: setting(count(1, 10_000_000).default(20_000), 'Entries', 'Most changes that are remembered.'),
            keepMs: setting(
              milliseconds(1000, 86_400_000).default(600_000),
              'Remembered for',
              'How long an equal request gets the same answer and executes nothing.',
              'ms',
            ),
          })
          .prefault({}),
        'In memory',
        'The journal is kept in memory and is lost when the process ends. Not used when journal.sqlite is there.',
      ),
      sqlite: setting(
        z
          .strictObject({
            file: setting(
              text,
              'File',
              'The journal is kept in this file and outlives the process. A relative path begins at the working directory.',
            ),
            keys: setting(
              z.array(journalKey).min(1).max(16),
              'Keys',
              'Keys by which identifiers are sealed in the file. The first one seals, all of them open.',
            ),
            entries: setting(
              count(1, 10_000_000).default(20_000),
              'Entries',
              'Most changes that are compared with new ones. More may stand in the file.',
            ),
            pending: setting(
              count(0, 1_000_000).default(100_000),
              'Waiting',
              'So many changes may wait for Alma or for a person; then nothing more is promised while Alma is away.',
            ),
            pendingPerMachine: setting(
              count(0, 1_000_000).default(20_000),
              'Waiting of one machine',
              'So many changes that one terminal or partner was told yes to may wait; then nothing more is promised to it, and the others go on.',
            ),
            keepMs: setting(
              milliseconds(1000, 86_400_000).default(600_000),
              'Remembered for',
              'How long an equal request gets the same answer and executes nothing, after a restart too.',
              'ms',
            ),
            purgeAfterDays: setting(
              count(1, 3650).default(30),
              'Purged after',
              'Settled changes are deleted from the file when they are so old. Those that wait stay.',
              'days',
            ),
            maxMegabytes: setting(
              count(1, 1_000_000).default(4096),
              'Largest size',
              'When the file is so large, changes are refused.',
              'MB',
            ),
            busyMs: setting(
              milliseconds(0, 10_000).default(1000),
              'Wait for a lock',
              'When another program locks the file for longer, changes are refused.',
              'ms',
            ),
          })
          .optional(),
        'In a SQLite file',
        'The journal outlives the process, however that ends.',
      ),
    })
    .prefault({}),
  'Journal',
  'Remembers every change, so that a request that is sent again is not executed again.',
)

export const logLevels = ['debug', 'info', 'warn', 'error'] as const

export const log = setting(
  z
    .strictObject({
      level: setting(z.enum(logLevels).default('info'), 'Level', 'Least severe event that is written.'),
      pretty: setting(
        z.enum(['auto', 'always', 'never']).default('auto'),
        'For people',
        'Readable lines in place of JSON: when the output is a terminal, always or never.',
      ),
    })
    .prefault({}),
  'Log',
  'Written to standard output. No personal data, whatever the level.',
)

export const limits = setting(
  z
    .strictObject({
      loginAttempts: setting(
        count(1, 1000).default(5),
        'Log-in attempts',
        'Wrong log-ins of one connection before it is closed. Before the log-in, whatever is none counts as one, but for the question for the status.',
      ),
      loginThrottle,
      pinThrottle,
      passwordChecks: setting(
        count(1, 64).default(2),
        'Password checks at once',
        'Each takes 64 MiB of memory and a processor core for a moment.',
      ),
      configWatchMs: setting(
        count(0, 86_400_000).default(10_000),
        'Configuration is looked at every',
        'When this file, or a file of a secret in it, has changed, it is read again and used if it has no fault; 0 switches it off. SIGHUP does the same at once.',
        'ms',
      ),
      drainMs: setting(
        milliseconds(0, 600_000).default(10_000),
        'Time to drain',
        'When the process is told to stop, requests under way have so long to finish.',
        'ms',
      ),
    })
    .prefault({}),
  'Limits',
  'Limits of the whole process.',
)

export type JournalConfig = z.infer<typeof journal>
export type LogConfig = z.infer<typeof log>
export type LimitsConfig = z.infer<typeof limits>

import { z } from 'zod'
import { count, milliseconds, setting } from '../fields.ts'

export const pinThrottle = setting(
  z
    .strictObject({
      wrongPerPatron: setting(
        count(1, 10_000).default(10),
        'Wrong PINs of one patron at one machine',
        'After so many, further ones are refused unread at that machine.',
      ),
      wrongPerMachine: setting(
        count(1, 100_000).default(100),
        'Wrong PINs at one machine',
        'After so many, of whichever patrons, further checks at that terminal or partner are delayed.',
      ),
      forgiveEveryMs: setting(
        milliseconds(100, 86_400_000).default(120_000),
        'One is forgiven every',
        'So often one wrong PIN of a patron at a machine no longer counts; ten times as often one of a machine.',
        'ms',
      ),
      maxDelayMs: setting(
        milliseconds(0, 10_000).default(2000),
        'Longest delay',
        'Shorter than the patience of a machine, since even a delayed check is answered.',
        'ms',
      ),
      remembered: setting(
        count(100, 1_000_000).default(10_000),
        'Remembered',
        'Most patrons and machines that are counted; beyond that the oldest are forgotten.',
      ),
    })
    .prefault({}),
  'PIN throttle',
  'Slows down who tries the PINs of patrons, at a machine or with its stolen log-in.',
)

export type PinThrottleConfig = z.infer<typeof pinThrottle>

import { z } from 'zod'
import { count, milliseconds, setting } from '../fields.ts'

export const loginThrottle = setting(
  z
    .strictObject({
      wrongPerUser: setting(
        count(1, 10_000).default(10),
        'Wrong log-ins of one user from one address',
        'After so many, further ones wait for the longest delay, and one drawn by lot of those that wait is looked at.',
      ),
      wrongPerAddress: setting(
        count(1, 100_000).default(50),
        'Wrong log-ins from one address, and of one user',
        'After so many from one address with any user, or of one user from anywhere, further ones are delayed.',
      ),
      forgiveEveryMs: setting(
        milliseconds(100, 86_400_000).default(30_000),
        'One is forgiven every',
        'So often one wrong log-in of a user at an address no longer counts; five times as often one of an address.',
        'ms',
      ),
      maxDelayMs: setting(
        milliseconds(10, 30_000).default(3000),
        'Longest delay',
        'Shorter than the patience of a machine, since even a delayed log-in is answered.',
        'ms',
      ),
      remembered: setting(
        count(100, 1_000_000).default(10_000),
        'Remembered',
        'Most addresses, users and pairs of them that are counted; beyond that the oldest are forgotten.',
      ),
    })
    .prefault({}),
  'Log-in throttle',
  'Slows down who tries passwords, and keeps nobody out who has the right one.',
)

export type LoginThrottleConfig = z.infer<typeof loginThrottle>

import { PasswordThrottle } from '../circulation/password-throttle.ts'
import type { Clock } from '../circulation/ports.ts'
import type { PinThrottleConfig } from '../runtime/config/schema.ts'
import type { Log } from '../runtime/log.ts'
import { TokenBuckets } from '../runtime/token-buckets.ts'

/** So much faster than a patron is a whole machine forgiven. */
const machineFactor = 10

/** One line of the log a machine in this time, so that guesses cannot fill it. */
const lineEveryMs = 60_000

export function makePinThrottle(
  config: PinThrottleConfig,
  { clock, log }: { readonly clock: Pick<Clock, 'monotonic'>; readonly log: Log },
): PasswordThrottle {
  const { wrongPerPatron, wrongPerMachine, forgiveEveryMs, maxDelayMs, remembered } = config
  const bounded = { most: remembered, now: () => clock.monotonic() }
  const lines = new TokenBuckets({ capacity: 1, refillMs: lineEveryMs, ...bounded })
  return new PasswordThrottle({
    patrons: new TokenBuckets({ capacity: wrongPerPatron, refillMs: forgiveEveryMs, ...bounded }),
    machines: new TokenBuckets({ capacity: wrongPerMachine, refillMs: forgiveEveryMs / machineFactor, ...bounded }),
    maxDelayMs,
    onRefused: (institution, machine) => {
      if (lines.take(machine)) log.warn('PIN_ATTEMPTS_EXCEEDED', { institution, machine })
    },
  })
}

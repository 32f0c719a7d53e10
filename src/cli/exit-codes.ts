/** What the exit code of every command means. Scripts rely on it, so a number is never given another meaning. */
export const exitCodes = {
  done: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  protocol: 4,
  internal: 70,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The meanings as the help prints them. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'Done, and the answer was yes.',
  refused: 'Understood and refused: the answer was no, or a check failed.',
  usage: 'Wrong use of the command, or faults in the configuration.',
  unreachable: 'Could not connect, or no answer came in time.',
  protocol: 'An answer came that breaks its protocol.',
  internal: 'A fault of Circbridge itself.',
  interrupted: 'Interrupted from the keyboard.',
}

/** What the process and every command end with. Scripts and supervisors rely on it: no number changes its meaning. */
export const exitCodes = {
  done: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  protocol: 4,
  notDrained: 5,
  forced: 6,
  internal: 70,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The meanings as the help and the documentation print them. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'Done, and the answer was yes; a server stopped as it was told, everything drained.',
  refused: 'Understood and refused: the answer was no, or a check failed.',
  usage: 'Wrong use of the command, or faults in the configuration: starting again without a change is no use.',
  unreachable: 'Could not connect, no answer came in time, or a port could not be listened at.',
  protocol: 'An answer came that breaks its protocol.',
  notDrained: 'Stopped, but a part of the process had to be left behind.',
  forced: 'A second signal ended the process at once; requests under way were cut off.',
  internal: 'A fault of Circbridge itself.',
  interrupted: 'Interrupted from the keyboard.',
}

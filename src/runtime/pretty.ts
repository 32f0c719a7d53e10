/** Turns a JSON line of the log into one that people read: time, severity, code, sentence, facts. */
const colours = { debug: 90, info: 32, warn: 33, error: 31 } as const
const dim = 90

export function formatPretty(line: string, colour: boolean): string {
  const { time, level, code, msg, error, ...facts } = JSON.parse(line) as Record<string, unknown>
  const paint = (text: string, number: number): string => (colour ? `\u001b[${number}m${text}\u001b[0m` : text)
  const severity = String(level)
  const details = Object.entries(facts).map(([name, value]) => `${name}=${String(value)}`)
  if (error !== undefined) details.push(`error=${JSON.stringify(error)}`)
  const clock = String(time).slice('YYYY-MM-DDT'.length, -1)
  const head = `${paint(clock, dim)} ${paint(severity.toUpperCase().padEnd(5), colours[severity as keyof typeof colours] ?? 0)}`
  return `${head} ${String(msg)} ${paint([String(code), ...details].join(' '), dim)}\n`
}

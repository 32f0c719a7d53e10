const explanations: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program; stop that one or take another port',
  EACCES: 'may not be listened at by this user; take a port above 1023',
  EADDRNOTAVAIL: 'is not an address of this computer',
}

/** One line about an address at which a program could not listen; undefined when the error is about something else. */
export function explainListenError(error: unknown, address: string): string | undefined {
  const { code } = error as NodeJS.ErrnoException
  const explanation = explanations[code ?? '']
  return explanation === undefined ? undefined : `${address} ${explanation}.`
}

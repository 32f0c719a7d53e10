/** Why the journal cannot be opened or written, by the code under which the log tells it. */
export type JournalFault =
  | 'JOURNAL_DISK_FULL'
  | 'JOURNAL_LOCKED'
  | 'JOURNAL_CORRUPT'
  | 'JOURNAL_FILE_DENIED'
  | 'JOURNAL_MOVED'
  | 'JOURNAL_WRITE_FAILED'
  | 'JOURNAL_FOREIGN'
  | 'JOURNAL_NEWER'
  | 'JOURNAL_SCHEMA_CHANGED'
  | 'JOURNAL_KEY_WRONG'

export class JournalError extends Error {
  readonly code: JournalFault

  constructor(code: JournalFault, options?: ErrorOptions) {
    super('the journal cannot be used', options)
    this.code = code
  }
}

/** By SQLite's primary result code. */
const faultsByResult: Readonly<Record<number, JournalFault>> = {
  3: 'JOURNAL_FILE_DENIED',
  5: 'JOURNAL_LOCKED',
  6: 'JOURNAL_LOCKED',
  8: 'JOURNAL_FILE_DENIED',
  11: 'JOURNAL_CORRUPT',
  13: 'JOURNAL_DISK_FULL',
  14: 'JOURNAL_FILE_DENIED',
  26: 'JOURNAL_FOREIGN',
}

const faultsBySystem: Readonly<Record<string, JournalFault>> = {
  EACCES: 'JOURNAL_FILE_DENIED',
  EPERM: 'JOURNAL_FILE_DENIED',
  EROFS: 'JOURNAL_FILE_DENIED',
  ENOENT: 'JOURNAL_FILE_DENIED',
  ENOTDIR: 'JOURNAL_FILE_DENIED',
  EISDIR: 'JOURNAL_FILE_DENIED',
  ENOSPC: 'JOURNAL_DISK_FULL',
  EDQUOT: 'JOURNAL_DISK_FULL',
}

export function toJournalError(error: unknown): JournalError {
  if (error instanceof JournalError) return error
  const { errcode, code } = error as { readonly errcode?: number; readonly code?: string }
  const fault = errcode === undefined ? faultsBySystem[code ?? ''] : faultsByResult[errcode & 0xff]
  return new JournalError(fault ?? 'JOURNAL_WRITE_FAILED', { cause: error })
}

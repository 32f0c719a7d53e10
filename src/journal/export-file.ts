/**
 * The file of an export, written in two steps so that a kill at any moment leaves a whole file or none: first beside its
 * place, down to the disk, and after the journal has marked the entries, into it.
 */
import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** `exists`: a file of this name is there. `left`: that of an export that was cut off. */
export type ExportFault = 'exists' | 'left' | 'not-a-file' | 'disk-full' | 'denied' | 'failed'

export class ExportFileError extends Error {
  readonly fault: ExportFault

  constructor(fault: ExportFault, options?: ErrorOptions) {
    super('the file of the export cannot be written', options)
    this.fault = fault
  }
}

const faults: Readonly<Record<string, ExportFault>> = {
  EEXIST: 'left',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EFBIG: 'disk-full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOENT: 'denied',
  ENOTDIR: 'denied',
}

export class ExportFile {
  readonly file: string
  readonly partial: string
  readonly #force: boolean
  #written = false

  /** @param options.force may overwrite. */
  constructor(file: string, { force }: { readonly force: boolean }) {
    this.file = file
    this.partial = `${file}.partial`
    this.#force = force
  }

  /** Safe on the disk, under the name `partial`, for its owner alone. Throws an {@link ExportFileError}. */
  write(text: string): void {
    this.#checkPlace()
    try {
      if (this.#force) rmSync(this.partial, { force: true })
      const handle = openSync(this.partial, 'wx', 0o600)
      this.#written = true
      try {
        writeFileSync(handle, text)
        fsyncSync(handle)
      } finally {
        closeSync(handle)
      }
      this.#syncFolder()
    } catch (error) {
      throw toFileError(error)
    }
  }

  /** Gives the written file its name. Throws an {@link ExportFileError}. */
  finish(): void {
    try {
      renameSync(this.partial, this.file)
      this.#syncFolder()
    } catch (error) {
      throw toFileError(error)
    }
  }

  /** Takes away what was written here. */
  abandon(): void {
    if (this.#written) rmSync(this.partial, { force: true })
  }

  #checkPlace(): void {
    const there = lstatSync(this.file, { throwIfNoEntry: false })
    if (there === undefined) return
    if (!there.isFile()) throw new ExportFileError('not-a-file')
    if (!this.#force) throw new ExportFileError('exists')
  }

  #syncFolder(): void {
    const folder = openSync(dirname(this.file), 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  }
}

const toFileError = (error: unknown): ExportFileError =>
  new ExportFileError(faults[(error as NodeJS.ErrnoException).code ?? ''] ?? 'failed', { cause: error })

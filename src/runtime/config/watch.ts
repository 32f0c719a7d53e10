import { stat } from 'node:fs/promises'
import type { Config } from './schema.ts'
import { Secret } from './secret.ts'

/**
 * Looks whether files have changed. A change is told when two looks in a row saw the same: half a file can be a valid
 * configuration without the other half.
 */
export class FileWatch {
  readonly #files: () => readonly string[]
  readonly #everyMs: number
  readonly #changed: () => void
  #settled = ''
  #seen = ''
  #timer: NodeJS.Timeout | undefined

  /** @param everyMs 0 never looks */
  constructor(options: {
    readonly files: () => readonly string[]
    readonly everyMs: number
    readonly changed: () => void
  }) {
    this.#files = options.files
    this.#everyMs = options.everyMs
    this.#changed = options.changed
  }

  async start(): Promise<void> {
    if (this.#everyMs === 0) return
    await this.settle()
    this.#timer = setInterval(() => void this.look(), this.#everyMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Takes the files as they are now for known. */
  async settle(): Promise<void> {
    this.#settled = await this.#state()
    this.#seen = this.#settled
  }

  async look(): Promise<void> {
    const state = await this.#state()
    const isQuiet = state === this.#seen
    this.#seen = state
    if (!isQuiet || state === this.#settled) return
    this.#settled = state
    this.#changed()
  }

  async #state(): Promise<string> {
    const states = await Promise.all(this.#files().map(stateOf))
    return states.join('\n')
  }
}

async function stateOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file)
    return `${file} ${mtimeMs} ${size} ${ino}`
  } catch (error) {
    return `${file} ${(error as NodeJS.ErrnoException).code}`
  }
}

/** The files of secrets; those of listeners are certificates, which listeners look at themselves. */
export function secretFiles(config: Config): readonly string[] {
  const files = new Set<string>()
  const visit = (value: unknown): void => {
    if (value instanceof Secret) {
      if (value.file !== undefined) files.add(value.file)
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit)
  }
  visit({ ...config, listeners: undefined })
  return [...files]
}

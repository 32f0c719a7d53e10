/** A fault of the configuration, told so that a person finds and mends it. Never carries a value of the file. */
export type Path = readonly (string | number)[]

/** What is wrong at a path; `key` says that the key itself is meant, not its value. */
export interface Finding {
  readonly path: Path
  readonly key?: true
  readonly sentence: string
}

export interface Fault {
  readonly file: string
  /** Counted from 1; 0 when the file itself could not be read. */
  readonly line: number
  readonly column: number
  /** `terminals[2].profile`, empty for the whole file. */
  readonly path: string
  readonly sentence: string
}

export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** One line a fault: `circbridge.yaml:12:5: terminals[0].profile: names a profile that is not there`. */
export function formatFaults(faults: readonly Fault[]): string {
  return faults
    .map(({ file, line, column, path, sentence }) => {
      const place = line === 0 ? file : `${file}:${line}:${column}`
      return path === '' ? `${place}: ${sentence}` : `${place}: ${path}: ${sentence}`
    })
    .join('\n')
}

/** Code tables: the codes of the API and the texts that explain them [Alma conf: code-tables]. */
import { defaultCodeTables } from './default-code-tables.ts'
import type { SampleCodeTable } from './sample-data.ts'

export interface CodeRow {
  readonly code: string
  readonly description: string
  readonly default: boolean
  readonly enabled: boolean
}

export class CodeTables {
  readonly #tables = new Map<string, Map<string, CodeRow>>()

  constructor(own: Readonly<Record<string, SampleCodeTable>> = {}) {
    for (const [name, rows] of Object.entries(defaultCodeTables)) this.#add(name, rows)
    for (const [name, rows] of Object.entries(own)) this.#add(name, rows)
  }

  #add(name: string, rows: SampleCodeTable): void {
    const table = this.#tables.get(name) ?? new Map<string, CodeRow>()
    for (const [code, row] of Object.entries(rows)) {
      const { description, enabled = true } = typeof row === 'string' ? { description: row } : row
      table.set(code, { code, description, default: false, enabled })
    }
    this.#tables.set(name, table)
  }

  names(): readonly string[] {
    return [...this.#tables.keys()].toSorted()
  }

  rows(name: string): readonly CodeRow[] | undefined {
    const table = this.#tables.get(name)
    return table && [...table.values()]
  }

  /** Whether a new record may have the code. */
  has(name: string, code: string): boolean {
    return this.#tables.get(name)?.get(code)?.enabled ?? false
  }

  /** The text of a code, or the code itself when its table does not know it. */
  describe(name: string, code: string): string {
    return this.#tables.get(name)?.get(code)?.description ?? code
  }
}

/** The text of a configuration file: its values, and where in the file each one stands. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import type { Finding, Path } from './fault.ts'

export interface Position {
  readonly line: number
  readonly column: number
}

export interface Source {
  /** The values as plain objects; undefined when the text is not YAML. */
  readonly values: unknown
  /** Faults of the YAML itself. */
  readonly faults: readonly (Position & { readonly sentence: string })[]
  locate(finding: Pick<Finding, 'path' | 'key'>): Position
}

const maxAliases = 100

export function readSource(text: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  // A line that is indented wrongly makes nonsense of those below: only the first fault can be believed.
  const faults = document.errors
    .filter(({ code }, index) => index === 0 || code === 'DUPLICATE_KEY')
    .map(({ code, message, pos }) => ({
      ...position(pos[0]),
      sentence: `is not YAML: ${message}${code === 'DUPLICATE_KEY' ? '' : ' (look at the indentation of this line and the one above)'}`,
    }))
  let values: unknown
  if (faults.length === 0) {
    try {
      values = document.toJS({ maxAliasCount: maxAliases }) ?? {}
      // An alias may name what it stands in: then there is no end to the values.
      JSON.stringify(values)
    } catch {
      const sentence = `uses an alias that is not there or names what it stands in, or more than ${maxAliases}`
      faults.push({ line: 1, column: 1, sentence })
    }
  }

  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node)
  const locate = ({ path, key }: { readonly path: Path; readonly key?: true }): Position => {
    let node: unknown = document.contents
    let offset = startOf(node)
    for (const [index, part] of path.entries()) {
      const parent = resolve(node)
      const pair = findPair(parent, part)
      const child = pair === undefined && isSeq(parent) && typeof part === 'number' ? parent.items[part] : pair?.value
      if (pair === undefined && child === undefined) break
      const wantsKey = (key === true && index === path.length - 1) || child === null
      offset = (wantsKey ? startOf(pair?.key) : startOf(child)) ?? startOf(pair?.key) ?? offset
      node = child
    }
    return position(offset ?? 0)
  }
  return { values, faults, locate }
}

function findPair(node: unknown, key: string | number): Pair | undefined {
  if (!isMap(node)) return undefined
  return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0]
}

/** The reference of the configuration file as Markdown, made from the schema alone. */
import { makeJsonSchema } from './schema.ts'

interface Node {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly unit?: string
  readonly default?: string | number | boolean | object
  readonly enum?: readonly (string | number)[]
  readonly minimum?: number
  readonly maximum?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node | boolean
  readonly items?: Node
  readonly anyOf?: readonly Node[]
}

const introduction = `# Configuration reference

One YAML file, given with \`--config\`. Start from [example-small.yaml](../config/example-small.yaml); every key is shown in
[example-full.yaml](../config/example-full.yaml). \`circbridge check --config FILE\` tells all faults at once, with line and column.

Secrets are references: \`env:NAME\` reads an environment variable, \`file:PATH\` reads a file, relative to the configuration
file. An editor that knows JSON schema completes and checks the file when its first line is
\`# yaml-language-server: $schema=schema.json\`.

In the tables, \`[]\` stands for each element of a list and \`<name>\` for a name of your own. A key without a default and not
marked as required may be left out.
`

export function renderReference(): string {
  const root = makeJsonSchema() as Node
  const sections = Object.entries(root.properties ?? {}).map(([key, node]) =>
    renderSection(key, node, root.required?.includes(key) ?? false),
  )
  return [introduction, ...sections].join('\n')
}

function renderSection(key: string, node: Node, required: boolean): string {
  const rows = collectRows(key, node)
  const head = `## ${key}\n\n${node.description ?? ''}${required ? ' Required.' : ''}\n`
  const table = ['| key | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
  return `${head}\n${table}\n`
}

function collectRows(path: string, node: Node): readonly string[] {
  return childrenOf(path, node).flatMap(({ path: childPath, node: child, required }) => [
    `| \`${childPath}\` | ${describeValue(child)} | ${describeDefault(child, required)} | ${escapeCell(child.description ?? '')} |`,
    ...collectRows(childPath, child),
  ])
}

function childrenOf(path: string, node: Node): readonly { path: string; node: Node; required: boolean }[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).map(([key, child]) => ({
      path: `${path}.${key}`,
      node: child,
      required: node.required?.includes(key) ?? false,
    }))
  }
  if (node.items?.properties !== undefined) return childrenOf(`${path}[]`, node.items)
  if (typeof node.additionalProperties === 'object' && node.additionalProperties.properties !== undefined) {
    return childrenOf(`${path}.<name>`, node.additionalProperties)
  }
  return []
}

function describeValue(node: Node): string {
  const kind = describeKind(node)
  return node.unit === undefined ? kind : `${kind}, ${node.unit}`
}

function describeKind(node: Node): string {
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.map(describeKind))].join(', or ')
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(', ')
  if (node.type === 'boolean') return '`true`, `false`'
  if (node.type === 'integer') return describeRange(node)
  if (node.type === 'array')
    return node.items?.properties === undefined ? `list of ${describeKind(node.items ?? {})}` : 'list'
  if (node.type === 'object') {
    const values = node.additionalProperties
    return typeof values === 'object' && values.properties === undefined ? `map to ${describeKind(values)}` : 'group'
  }
  return 'text'
}

function describeRange({ minimum, maximum }: Node): string {
  const bounded = maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER
  return bounded ? `${minimum ?? 0} to ${maximum}` : `from ${minimum ?? 0}`
}

function describeDefault({ default: value }: Node, required: boolean): string {
  if (required) return '**required**'
  if (value === undefined) return ''
  const shown = typeof value === 'object' ? Object.values(value).join(', ') : String(value)
  return shown === '' ? '' : `\`${escapeCell(shown)}\``
}

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** `circbridge print-schema`: the JSON schema of the configuration file. */
import { Command } from 'commander'
import { print } from './paint.ts'

const help = `
Editors check and complete the configuration with it. The file names it in its first line:
  # yaml-language-server: $schema=schema.json

Example
  $ circbridge print-schema > schema.json
`

export function makePrintSchemaCommand(): Command {
  return new Command('print-schema')
    .description('Prints the JSON schema of the configuration file.')
    .addHelpText('after', help)
    .action(async () => {
      const { makeJsonSchema } = await import('../runtime/config/schema.ts')
      print(JSON.stringify(makeJsonSchema(), undefined, 2))
    })
}

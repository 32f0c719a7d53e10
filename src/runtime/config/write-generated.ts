/**
 * Writes what is generated from the tables of the source: `node src/runtime/config/write-generated.ts`.
 * A test fails when one of these files is stale.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { renderCodes } from '../render-codes.ts'
import { renderReference } from './render-reference.ts'
import { renderTemplateNames } from './render-template-names.ts'
import { makeJsonSchema } from './schema.ts'

/** Every generated file, by its path from the project's root. */
export const generatedFiles: Readonly<Record<string, () => string>> = {
  'config/schema.json': () => `${JSON.stringify(makeJsonSchema(), null, 2)}\n`,
  'docs/config.md': renderReference,
  'docs/errors.md': renderCodes,
  'docs/field-templates.md': renderTemplateNames,
}

if (import.meta.main) {
  const root = new URL('../../../', import.meta.url)
  for (const [path, render] of Object.entries(generatedFiles))
    writeFileSync(fileURLToPath(new URL(path, root)), render())
}

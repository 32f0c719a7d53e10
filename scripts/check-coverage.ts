/**
 * Fails when the tests reach too little of the sources: `node scripts/check-coverage.ts SUMMARY`, where SUMMARY is the
 * report that tap writes with `--coverage-report=json-summary`.
 */
import { readFileSync } from 'node:fs'

const floors = { lines: 90, branches: 85 }

const [file = ''] = process.argv.slice(2)
const { total } = JSON.parse(readFileSync(file, 'utf8')) as {
  total: Record<keyof typeof floors, { readonly pct: number }>
}
for (const kind of Object.keys(floors) as (keyof typeof floors)[]) {
  const { pct } = total[kind]
  const enough = pct >= floors[kind]
  console.log(`${kind}: ${pct} %, at least ${floors[kind]} %${enough ? '' : ': too little'}`)
  if (!enough) process.exitCode = 1
}

import { readFileSync } from 'node:fs'

/** Where the package's own description lies, seen from the sources and from the build. */
const places = ['../../package.json', '../../../package.json']

export function readVersion(): string {
  for (const place of places) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'))
      if (name === 'circbridge') return version
    } catch {
      // The next place is tried.
    }
  }
  return 'unknown'
}

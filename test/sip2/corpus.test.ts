import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { decode } from '../../src/sip2/codec.ts'

const corpus = new URL('../../../shared/data/sip2-corpus.txt', import.meta.url)
const skip = existsSync(corpus) ? false : 'the corpus of request lines (../shared/data/sip2-corpus.txt) is not here'

function expectedChecksum(note: string): string {
  if (note.includes('[checksum ok')) return 'bytes'
  return note.includes('[checksum WRONG') ? 'wrong' : 'absent'
}

t.test('every recorded request line is understood and its checksum judged', { skip }, async (t) => {
  const lines = readFileSync(corpus, 'latin1').split('\n').filter(Boolean)
  t.ok(lines.length > 200, `${lines.length} lines`)
  lines.forEach((line, index) => {
    const [request = '', note = ''] = line.split('\t')
    const decoded = decode(Buffer.from(request, 'latin1'), { charset: 'cp850', delimiter: '|', direction: 'request' })
    const expected = { kind: 'message', message: { code: request.slice(0, 2), checksum: expectedChecksum(note) } }
    t.match(decoded, expected, `line ${index + 1}`)
  })
})

/**
 * Every request line that was recorded of other people's terminals draws the reply code of its own kind. The lines may
 * not be copied, so this runs where they lie.
 */
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { messages } from '../../src/sip2/spec/messages.ts'
import { connect } from '../helpers/kiosk.ts'

const file = '../shared/data/sip2-corpus.txt'
const skip = existsSync(file) ? false : `${file} is not here`

t.test('recorded lines draw the right reply code', { skip }, async (t) => {
  const kiosk = await connect(t, { limits: { loginAttempts: 1000 } })
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  t.ok(lines.length > 100)
  for (const line of lines) {
    const [request = '', remark = ''] = line.split('\t')
    const code = request.slice(0, 2)
    const spec = messages[code as keyof typeof messages]
    const expected = remark.includes('WRONG') || !('reply' in spec) ? /^(96|94|98|24|64)/ : new RegExp(`^${spec.reply}`)
    const answer = await kiosk.ask(request)
    if (remark.includes('checksum WRONG')) t.match(answer, /^96/, line)
    else t.match(answer, expected, line)
  }
})

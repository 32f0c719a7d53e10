import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { charsets } from '../../src/sip2/charset.ts'
import { decode, encode } from '../../src/sip2/codec.ts'
import { type MessageCode, messages } from '../../src/sip2/spec/messages.ts'
import { arbitraryMessage } from './arbitrary-message.ts'

const runsPerPair = 12

for (const code of Object.keys(messages) as MessageCode[]) {
  t.test(`${code} ${messages[code].name} comes back from its bytes as it was, in every charset`, async (t) => {
    for (const charset of charsets) {
      const property = () =>
        fc.assert(
          fc.property(arbitraryMessage(code, charset), ({ message, delimiter, checksum }) => {
            const warnings: string[] = []
            const bytes = encode(message, {
              charset,
              delimiter,
              terminator: '\r',
              errorDetection: { sequence: message.sequence, checksum },
              onWarning: (warning, field) => warnings.push(`${warning} ${field}`),
            })
            const decoded = decode(bytes.subarray(0, -1), { charset, delimiter, direction: messages[code].direction })
            assert.deepEqual(warnings, [])
            assert.deepEqual(decoded, { kind: 'message', message, warnings: [] })
          }),
          { numRuns: runsPerPair },
        )
      t.doesNotThrow(property, charset)
    }
  })
}

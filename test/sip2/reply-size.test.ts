import t from 'tap'
import { encode } from '../../src/sip2/encode.ts'
import { reply, type Reply } from '../../src/sip2/message.ts'
import { fitReply } from '../../src/sip2/reply-size.ts'

const fixed = {
  patronStatus: ' '.repeat(14),
  language: '000',
  transactionDate: '20260102    030405',
  holdItemsCount: 0,
  overdueItemsCount: 0,
  chargedItemsCount: 0,
  fineItemsCount: 300,
  recallItemsCount: 0,
  unavailableHoldsCount: 0,
} as const

function makeReply(fees: number, fines: number): Reply {
  const answer = reply('64', fixed, { AA: 'P1', AE: 'Ann', AV: Array.from({ length: fines }, (_, at) => `${at} 1.00`) })
  const extraFields = Array.from({ length: fees }, (_, at) => [
    { id: 'CG', value: `${at}` },
    { id: 'FA', value: '1.00' },
    { id: 'FD', value: 'A title that is not short' },
  ]).flat()
  return { ...answer, extraFields }
}

function fit(answer: Reply, maxBytes: number) {
  let encoded = 0
  const fitted = fitReply(answer, maxBytes, (one) => {
    encoded += 1
    return encode(one, { charset: 'cp850', delimiter: '|', terminator: '\r', errorDetection: { checksum: true } })
  })
  return { ...fitted, text: fitted.bytes.toString('latin1'), encoded }
}

t.test('what fits is left as it is', async (t) => {
  t.match(fit(makeReply(2, 2), 2000), { cut: false, encoded: 1 })
})

t.test(
  'things of several fields are dropped whole, the last first, and few attempts are needed for many',
  async (t) => {
    for (const maxBytes of [200, 500, 1000, 5000]) {
      const { bytes, cut, text, encoded } = fit(makeReply(500, 0), maxBytes)
      t.ok(cut)
      t.ok(bytes.length <= maxBytes)
      t.ok(bytes.length > maxBytes - 60, 'no more than needed')
      t.ok(encoded <= 3, `${encoded} attempts`)
      const ids = [...text.matchAll(/\|(CG|FA|FD)/g)].map(([, id]) => id)
      t.equal(ids.length % 3, 0)
      t.equal(ids.at(-1), 'FD')
    }
  },
)

t.test('lists are cut before things of several fields, and what cannot be cut is sent', async (t) => {
  const some = fit(makeReply(2, 300), 400)
  t.ok(some.bytes.length <= 400)
  t.match(some.text, /\|FDA title[^|]*\|CG1\|.*\|FDA title/, 'both fees')
  const all = fit(makeReply(2, 2), 10)
  t.notMatch(all.text, /\|(AV|CG|FA|FD)/)
  t.match(all.text, /\|AEAnn\|/)
})

import t from 'tap'
import { exitCodes } from '../../src/runtime/exit-codes.ts'
import { judgeReply } from '../../src/cli/sip2-verdict.ts'
import { decode } from '../../src/sip2/codec.ts'
import type { Reply } from '../../src/sip2/message.ts'
import type { RequestCode } from '../../src/sip2/spec/messages.ts'

const date = '20261122    120000'

function read(line: string): Reply {
  const decoded = decode(Buffer.from(line), { charset: 'utf-8', delimiter: '|', direction: 'reply' })
  if (decoded.kind !== 'message') throw new Error(line)
  return decoded.message
}

t.test('each reply says yes or no in its own way', async (t) => {
  const cases: readonly (readonly [RequestCode, string, keyof typeof exitCodes])[] = [
    ['93', '941', 'done'],
    ['93', '940', 'refused'],
    ['11', `121NNY${date}`, 'done'],
    ['11', `120NNN${date}`, 'refused'],
    ['09', `101YNN${date}`, 'done'],
    ['15', `160N${date}`, 'refused'],
    ['29', `300NNN${date}`, 'refused'],
    ['65', `66100010000${date}`, 'done'],
    ['19', `200${date}`, 'refused'],
    ['35', `36Y${date}`, 'done'],
    ['37', `38N${date}`, 'refused'],
    ['17', `18030001${date}ABx|AJTitle|`, 'done'],
    ['17', `18010001${date}ABx|AJTitle|`, 'done'],
    ['17', `18010001${date}ABx|AJ|`, 'refused'],
    ['23', `24${' '.repeat(14)}001${date}AO|AA1|AE|BLY|`, 'done'],
    ['23', `24${' '.repeat(14)}001${date}AO|AA1|AE|`, 'done'],
    ['23', `24${' '.repeat(14)}001${date}AO|AA1|AE|BLN|`, 'refused'],
    ['63', `64${' '.repeat(14)}001${date}${'0000'.repeat(6)}AO|AA1|AE|BLY|CQN|`, 'refused'],
    ['99', `98YYYYNN150003${date}2.00AO|BX|`, 'done'],
    ['99', `98NYYYNN150003${date}2.00AO|BX|`, 'refused'],
    ['11', `98YYYYNN150003${date}2.00AO|BX|`, 'refused'],
    ['97', `98YYYYNN150003${date}2.00AO|BX|`, 'done'],
    ['11', '96', 'protocol'],
    ['97', '96', 'refused'],
  ]
  for (const [requested, line, expected] of cases) {
    t.equal(judgeReply(read(line), requested), exitCodes[expected], `${requested}: ${line}`)
  }
})

import t from 'tap'
import type { RawAnswer } from '../../src/alma/interceptors/exchange.ts'
import { judge, type Question, reachOf } from '../../src/alma/verdict.ts'

const read: Question = { operation: 'loans', changes: false, expects: 'object' }
const write: Question = { operation: 'loan', changes: true, expects: 'object' }
const answer = (status: number, body: string, location = ''): RawAnswer => ({
  error: undefined,
  status,
  location,
  date: '',
  body,
})
const broken = (code: string): RawAnswer => ({
  error: Object.assign(new Error('broken'), { code }),
  status: 0,
  location: '',
  date: '',
  body: '',
})
const envelope = (code: string, message = ''): string =>
  JSON.stringify({ errorsExist: true, errorList: { error: [{ errorCode: code, errorMessage: message }] } })
const gateway = (code: string): string =>
  `<web_service_result><errorList><error><errorCode>${code}</errorCode></error></errorList></web_service_result>`

function outcomeOf(question: Question, raw: RawAnswer, sent = true): string {
  const reply = judge(question, raw, sent)
  if (reply.kind === 'done') return 'done'
  const { outcome } = reply
  if (outcome.kind === 'refused') return `refused ${outcome.reason}`
  return outcome.kind === 'unavailable' ? `unavailable ${outcome.cause}` : outcome.kind
}

t.test('law 4: what may have been executed is unknown', async (t) => {
  for (const raw of [
    broken('ECONNRESET'),
    broken('CALL_TIMEOUT'),
    broken('CALL_ABORTED'),
    broken('UND_ERR_RES_EXCEEDED_MAX_SIZE'),
    answer(500, 'Internal error'),
    answer(500, envelope('401652')),
    answer(502, '<html>Bad gateway</html>'),
    answer(503, ''),
    answer(200, '<html>Sign in</html>'),
    answer(200, ''),
    answer(400, envelope('401652')),
    answer(200, envelope('999999')),
    answer(400, envelope('402119')),
  ]) {
    t.equal(outcomeOf(write, raw), 'unknown', `${raw.status} ${raw.body}`)
  }
  t.equal(outcomeOf({ ...write, operation: 'scan' }, answer(400, envelope('402504'))), 'unknown')
})

t.test('law 4: what was surely not executed is unavailable or refused', async (t) => {
  t.equal(outcomeOf(write, broken('ECONNREFUSED'), false), 'unavailable offline')
  t.equal(outcomeOf(write, broken('UND_ERR_CONNECT_TIMEOUT'), false), 'unavailable offline')
  t.equal(outcomeOf(write, broken('CALL_ABORTED'), false), 'unavailable timeout')
  t.equal(outcomeOf(write, broken('QUOTA'), false), 'unavailable quota')
  t.equal(outcomeOf(write, answer(429, gateway('PER_SECOND_THRESHOLD'))), 'unavailable quota')
  t.equal(outcomeOf(write, answer(429, '')), 'unavailable quota')
  t.equal(outcomeOf(write, answer(503, gateway('ROUTING_ERROR'))), 'unavailable offline')
  t.equal(outcomeOf(write, answer(400, envelope('401153'))), 'refused item-not-loanable-here')
  t.equal(outcomeOf(write, answer(400, envelope('999999'))), 'refused request-invalid')
  t.equal(outcomeOf(write, answer(400, '<html>Bad request</html>')), 'unavailable internal')
  t.equal(outcomeOf(write, answer(404, gateway('GENERAL_ERROR'))), 'unavailable internal')
  t.equal(outcomeOf(write, answer(302, '', 'https://elsewhere.example/')), 'unavailable internal')
})

t.test('a read that failed changed nothing', async (t) => {
  t.equal(outcomeOf(read, broken('ECONNRESET')), 'unavailable offline')
  t.equal(outcomeOf(read, broken('CALL_TIMEOUT')), 'unavailable timeout')
  t.equal(outcomeOf(read, answer(500, 'Internal error')), 'unavailable internal')
  t.equal(outcomeOf(read, answer(503, '')), 'unavailable offline')
  t.equal(outcomeOf(read, answer(400, envelope('401652'))), 'unavailable internal')
  t.equal(outcomeOf(read, answer(200, 'not json')), 'unavailable internal')
  t.equal(outcomeOf(read, answer(200, envelope('401861'))), 'refused patron-unknown')
})

t.test('a key that Alma does not accept is named, in JSON, XML and HTML', async (t) => {
  for (const [status, body] of [
    [400, gateway('UNAUTHORIZED')],
    [403, gateway('UNAUTHORIZED')],
    [403, envelope('INVALID_REQUEST')],
    [403, ''],
    [401, '<html>HTTP Status 401</html>'],
    [400, gateway('GENERAL_ERROR')],
  ] as const) {
    t.equal(outcomeOf(write, answer(status, body)), 'unavailable key-refused', `${status} ${body}`)
  }
})

t.test('a redirection is an answer only where one is asked for', async (t) => {
  const lookUp: Question = { ...read, expects: 'object-or-redirect' }
  t.match(judge(lookUp, answer(302, '', '/bibs/1'), true), { kind: 'done', value: { location: '/bibs/1' } })
  t.equal(outcomeOf(lookUp, answer(302, '')), 'unavailable internal')
})

t.test('an empty or XML answer is enough where none is expected', async (t) => {
  const any: Question = { ...write, expects: 'anything' }
  t.equal(outcomeOf(any, answer(204, '')), 'done')
  t.equal(outcomeOf(any, answer(200, '<test>GET - OK</test>')), 'done')
  t.equal(outcomeOf(any, answer(200, '<!doctype html><title>Sign in</title>')), 'unknown')
})

t.test('evidence carries codes, refusals carry only the words of a block', async (t) => {
  const body = JSON.stringify({
    errorsExist: true,
    errorList: {
      error: {
        errorCode: '401163',
        errorMessage: 'LOAN  -   Lost card. ask Jane Doe Scope: Main',
        trackingId: 'E01-0301101112-ABCDE-AWAE123',
      },
    },
  })
  t.match(judge(write, answer(400, body), true), {
    code: '401163',
    outcome: {
      kind: 'refused',
      reason: 'patron-blocked',
      text: 'Lost card',
      evidence: '401163 E01-0301101112-ABCDE-AWAE123',
    },
  })
  const unknownUser = judge(read, answer(400, envelope('401861', 'User with identifier jdoe was not found.')), true)
  t.match(unknownUser, { outcome: { text: '', evidence: '401861' } })
})

t.test('only failures of Alma count against it', async (t) => {
  t.equal(reachOf(answer(200, '{}'), true, 10), 'reached')
  t.equal(reachOf(answer(400, ''), true, 10), 'reached')
  t.equal(reachOf(answer(429, ''), true, 10), 'reached')
  t.equal(reachOf(answer(503, ''), true, 10), 'away')
  t.equal(reachOf(broken('ECONNREFUSED'), false, 10), 'away')
  t.equal(reachOf(broken('CALL_TIMEOUT'), true, 4_000), 'away')
  t.equal(reachOf(broken('QUOTA'), false, 3_000), undefined)
  t.equal(reachOf(broken('CALL_ABORTED'), true, 10), undefined, 'a caller that left soon')
  t.equal(reachOf(broken('CALL_ABORTED'), true, 3_000), 'away', 'a caller whose deadline passed')
  t.equal(reachOf(broken('CALL_ABORTED'), false, 3_000), undefined, 'a caller that waited for its turn')
})

/** Faults on order. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type Alma, mainDesk, startAlma } from './alma-caller.ts'

const lend = (alma: Alma, barcode = '31234000000001') =>
  alma.post(`/users/anna.becker/loans?item_barcode=${barcode}`, mainDesk)

const loanCount = (alma: Alma): number => alma.control.dump().loans.length

/** Waits until something is so; the test's own time limit ends what never is. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5)
}

t.test('an answer that is lost after executing', async (t) => {
  const alma = await startAlma(t)
  alma.control.setFaults({ kind: 'drop-after', match: { operation: 'createLoan' }, times: 1 })
  await t.rejects(lend(alma))
  t.equal(loanCount(alma), 8, 'it was lent')
  const call = alma.control.calls().at(-1)
  t.strictSame([call?.executed, call?.status], [true, 0])
  t.equal((await lend(alma)).code, '400042', 'the fault hits once')
})

t.test('a connection that is cut before executing', async (t) => {
  const alma = await startAlma(t)
  for (const kind of ['drop-before', 'refuse'] as const) {
    alma.control.setFaults({ kind, match: { method: 'POST', path: '/users/{user_id}/loans' } })
    await t.rejects(lend(alma), kind)
    t.equal(loanCount(alma), 7, kind)
    t.equal(alma.control.calls().at(-1)?.executed, false)
  }
  t.equal((await alma.get('/users/anna.becker')).status, 200, 'other calls are not hit')
})

t.test('a caller that has gone does not stop a delayed call', async (t) => {
  const alma = await startAlma(t)
  alma.control.setFaults({ kind: 'delay-before', ms: 300, match: { operation: 'createLoan' } })
  const caller = new AbortController()
  const { url, apiKey } = alma.simulator
  const sent = fetch(`${url}/almaws/v1/users/anna.becker/loans?item_barcode=31234000000001`, {
    method: 'POST',
    headers: { authorization: `apikey ${apiKey}` },
    body: JSON.stringify(mainDesk),
    signal: caller.signal,
  })
  const gone = t.rejects(sent, { name: 'AbortError' })
  await until(() => alma.control.callCount() === 1)
  caller.abort()
  await gone
  await until(() => loanCount(alma) === 8)
  t.equal(alma.control.calls()[0]?.executed, true)
})

t.test('delays before and after, one after the other', async (t) => {
  const alma = await startAlma(t)
  alma.control.setFaults([
    { kind: 'delay-before', ms: 30 },
    { kind: 'delay-after', ms: 30 },
  ])
  t.equal((await lend(alma)).status, 200)
  t.ok((alma.control.calls().at(-1)?.durationMs ?? 0) >= 55)
})

t.test('every kind of body that was seen in the wild', async (t) => {
  const alma = await startAlma(t)
  const answer = async (
    form:
      | 'envelope'
      | 'bare-error'
      | 'text'
      | 'html'
      | 'empty'
      | 'xml-ampersand'
      | 'gateway-json'
      | 'gateway-xml'
      | 'html-401',
  ) => {
    alma.control.setFaults({ kind: 'answer', form })
    return lend(alma)
  }
  const envelope = await answer('envelope')
  t.strictSame([envelope.status, envelope.code], [400, '402119'])
  const bare = await answer('bare-error')
  t.equal(bare.at('errorList.error.errorCode'), '402119')
  const text = await answer('text')
  t.strictSame([text.status, text.headers['content-type']], [500, 'text/plain;charset=UTF-8'])
  const html = await answer('html')
  t.equal(html.status, 502)
  t.match(html.text, /<html>/)
  const empty = await answer('empty')
  t.strictSame([empty.status, empty.text], [503, ''])
  const broken = await answer('xml-ampersand')
  t.match(broken.headers['content-type'], /xml/)
  t.match(broken.text, /a=1&b=2/)
  const gateway = await answer('gateway-json')
  t.strictSame(
    [gateway.status, gateway.code, gateway.at('errorList.error.0.trackingId')],
    [503, 'ROUTING_ERROR', undefined],
  )
  t.match((await answer('gateway-xml')).text, '<errorCode>ROUTING_ERROR</errorCode>')
  const host = await answer('html-401')
  t.equal(host.status, 401)
  t.match(host.text, /HTTP Status 401/)
  t.equal(loanCount(alma), 7, 'nothing was executed')
})

t.test('an odd answer may have its own status, code and text, and may come after executing', async (t) => {
  const alma = await startAlma(t)
  alma.control.setFaults({
    kind: 'answer',
    form: 'envelope',
    status: 500,
    code: '401652',
    message: 'General Error & more',
    executed: true,
  })
  const reply = await lend(alma)
  t.strictSame([reply.status, reply.code], [500, '401652'])
  t.equal(reply.at('errorList.error.0.errorMessage'), 'General Error & more')
  t.equal(loanCount(alma), 8)
})

t.test('a fault that lets some calls pass first', async (t) => {
  const alma = await startAlma(t)
  alma.control.setFaults({ kind: 'threshold', which: 'second', skip: 2, times: 1, match: { operation: 'getUser' } })
  const codes: unknown[] = []
  for (let call = 0; call < 4; call += 1) codes.push((await alma.get('/users/anna.becker')).code)
  t.same(codes, ['', '', 'PER_SECOND_THRESHOLD', ''])
})

t.test('thresholds on order', async (t) => {
  const alma = await startAlma(t)
  alma.control.setFaults({ kind: 'threshold', which: 'second', times: 1 })
  t.equal((await lend(alma)).code, 'PER_SECOND_THRESHOLD')
  alma.control.setFaults({ kind: 'threshold', which: 'day' })
  t.equal((await lend(alma)).code, 'DAILY_THRESHOLD')
  t.equal(loanCount(alma), 7)
})

t.test('a scan that happened and says that it did not', async (t) => {
  const alma = await startAlma(t)
  const item = await alma.itemPath('31234000000009')
  alma.control.setFaults({ kind: 'execute-then-402504', match: { operation: 'scanItem' } })
  t.equal((await alma.post(`${item}?op=scan&library=MAIN&circ_desk=DEFAULT_CIRC_DESK`)).code, '402504')
  t.equal((await alma.get(`${item}/loans`)).at('total_record_count'), 0, 'the loan is over')
})

t.test('a slow answer is whole in the end', async (t) => {
  const alma = await startAlma(t)
  const quick = await alma.get('/users/anna.becker')
  alma.control.setFaults({ kind: 'slow', bytes: 400, ms: 1 })
  const slow = await alma.get('/users/anna.becker')
  t.equal(slow.text, quick.text)
  t.match(slow.headers['content-type'], /json/)
  t.ok(slow.headers['x-exl-api-remaining'])
})

t.test('chance, several faults at once, and their end', async (t) => {
  const alma = await startAlma(t)
  alma.control.setFaults({ kind: 'threshold', which: 'second', probability: 0 })
  t.equal((await alma.get('/conf/general')).status, 200)
  alma.control.addFaults({
    kind: 'threshold',
    which: 'second',
    probability: 1,
    match: { path: '/almaws/v1/conf/general' },
  })
  t.equal((await alma.get('/conf/general')).status, 429)
  t.strictSame(
    alma.control.faults().map(({ hits }) => hits),
    [0, 1],
  )
  alma.control.clearFaults()
  t.equal((await alma.get('/conf/general')).status, 200)
})

t.test('the whole of Alma goes away and comes back', async (t) => {
  const alma = await startAlma(t)
  t.equal((await alma.get('/conf/general')).status, 200)
  await alma.simulator.stopListening()
  await t.rejects(alma.get('/conf/general'), { code: 'ECONNREFUSED' })
  await alma.simulator.listenAgain()
  t.equal((await alma.get('/conf/general')).status, 200)
})

t.test('a simulator that went away can still be closed', async (t) => {
  const alma = await startAlma(t)
  await alma.simulator.stopListening()
  await t.resolves(alma.simulator.close())
})

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { findProblems, indent, readAnswer } from '../../src/cli/ncip-answer.ts'
import { runCli } from './run-cli.ts'

const good = '<ns1:NCIPMessage xmlns:ns1="x"><ns1:LookupUserResponse/></ns1:NCIPMessage>'
const problem = `<NCIPMessage><CheckOutItemResponse><Problem>
  <ProblemType Scheme="http://example.org/p">Unknown Item</ProblemType><ProblemDetail>No such item &amp; no copy.</ProblemDetail>
  <ProblemElement>ItemId</ProblemElement><ProblemValue>4711</ProblemValue></Problem></CheckOutItemResponse></NCIPMessage>`

interface Received {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

async function start(test: Test, answer: { readonly status?: number; readonly text: string }) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/xml' }).end(answer.text)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.teardown(() => server.close())
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ncip` }
}

t.test('a message from a file: sent as it is, the answer indented', async (t) => {
  const { url, received } = await start(t, { text: good })
  const file = join(t.testdir(), 'message.xml')
  writeFileSync(file, '<NCIPMessage>é</NCIPMessage>')
  const { exitCode, stdout } = await runCli(['ncip', file, '--url', url, '--key', 'canary-key'])
  t.equal(exitCode, 0)
  t.match(received, [{ body: '<NCIPMessage>é</NCIPMessage>', headers: { 'x-circbridge-key': 'canary-key' } }])
  t.match(stdout, /^<NCIPMessage>\n {2}<LookupUserResponse\/>\n<\/NCIPMessage>\n\nno Problem, after .* ms\n$/)
  t.notMatch(stdout, /canary/)
})

t.test('a Problem is told part by part and is exit code 1', async (t) => {
  const { url } = await start(t, { text: problem })
  const { exitCode, stdout } = await runCli(['ncip', '-', '--url', url], { input: '<NCIPMessage/>' })
  t.equal(exitCode, 1)
  t.match(stdout, 'Problem Unknown Item\n  detail   No such item & no copy.\n  element  ItemId\n  value    4711\n')
})

t.test('--json gives one object', async (t) => {
  const { url } = await start(t, { text: problem })
  const env = { CIRCBRIDGE_NCIP_URL: url }
  const { exitCode, stdout } = await runCli(['ncip', '--json', '-'], { env, input: '<NCIPMessage/>' })
  t.equal(exitCode, 1)
  t.match(JSON.parse(stdout), {
    ok: false,
    status: 200,
    problems: [{ type: 'Unknown Item', detail: 'No such item & no copy.', element: 'ItemId', value: '4711' }],
    answer: problem,
  })
})

t.test('no file, no server, no NCIP: the exit code says which', async (t) => {
  const { url } = await start(t, { status: 404, text: '<html>Not found</html>' })
  const html = await runCli(['ncip', '-', '--url', url], { input: '<NCIPMessage/>' })
  t.equal(html.exitCode, 4)
  t.match(html.stderr, /the answer \(HTTP 404\) is no NCIP message/)

  const file = await runCli(['ncip', '/nowhere.xml'])
  t.equal(file.exitCode, 2)
  t.match(file.stderr, /\/nowhere\.xml cannot be read/)

  const gone = await runCli(['ncip', '-', '--url', 'http://127.0.0.1:1/ncip'], { input: '<NCIPMessage/>' })
  t.equal(gone.exitCode, 3)
  t.match(gone.stderr, /nothing listens there/)

  const wrong = await runCli(['ncip', '-', '--url', 'ftp://example.org'])
  t.equal(wrong.exitCode, 2)
})

t.test('the Problems of NCIP 1 have other names', async (t) => {
  const text = `<NCIPMessage><RenewItemResponse><Problem><ProcessingError>
    <ProcessingErrorType><Scheme>s</Scheme><Value>Unknown Item</Value></ProcessingErrorType>
    <ProcessingErrorElement><ElementName>ItemId</ElementName><ProcessingErrorValue>1</ProcessingErrorValue></ProcessingErrorElement>
  </ProcessingError></Problem></RenewItemResponse></NCIPMessage>`
  const root = readAnswer(text)
  t.ok(root)
  if (root === undefined) return
  t.same(findProblems(root), [{ type: 'Unknown Item', detail: '', element: 'ItemId', value: '1' }])
})

t.test('indented text is XML again', async (t) => {
  const root = readAnswer('<NCIPMessage a="&lt;&quot;"><b>1 &lt; 2 &amp; 3</b><c/></NCIPMessage>')
  t.ok(root)
  if (root === undefined) return
  const text = indent(root)
  t.equal(text, '<NCIPMessage a="&lt;&quot;">\n  <b>1 &lt; 2 &amp; 3</b>\n  <c/>\n</NCIPMessage>')
  t.equal(indent(readAnswer(text) ?? root), text)
})

/** Every step at which a fault run kills the bridge must be told, and in its place, or a kill there never comes. */
import t, { type Test } from 'tap'
import { type StepEvent, stepChannel } from '../../src/runtime/diagnostics.ts'
import { cards, copy, startBridge } from '../helpers/bridge.ts'
import { item, request } from '../helpers/ncip.ts'
import { checkin, checkout } from '../helpers/raw-sip2.ts'

/** A bridge with a journal on the disk, and the steps that it tells from now on. */
async function start(t: Test) {
  const file = `${t.testdir({})}/journal.db`
  const bridge = await startBridge(t, {
    env: { JOURNAL_KEY: Buffer.alloc(32, 7).toString('base64') },
    config: (base) => ({
      ...base,
      institutions: [{ ...base.institutions[0], backlog: { everyMs: 50 } }],
      journal: { sqlite: { file, keys: [{ id: 'test', secret: 'env:JOURNAL_KEY' }] } },
    }),
  })
  const kiosk = await bridge.logIn()
  const steps: StepEvent[] = []
  const note = (message: unknown): void => void steps.push(message as StepEvent)
  stepChannel.subscribe(note)
  t.teardown(() => stepChannel.unsubscribe(note))
  /** The names so far, as a kill is told them, once the last of them is there. */
  const untilStep = async (last: string): Promise<string[]> => {
    const names = (): string[] => steps.map(({ step, priority }) => (priority ? `${priority} ${step}` : step))
    while (names().at(-1) !== last) await new Promise((resolve) => setTimeout(resolve, 5))
    const taken = names()
    steps.length = 0
    return taken
  }
  return { bridge, kiosk, untilStep }
}

const told = ['change-ending', 'change-ended', 'reply-writing', 'reply-written']

t.test('the steps of a checkout, and of a return by a partner', async (t) => {
  const { bridge, kiosk, untilStep } = await start(t)
  await kiosk.ask(checkout(cards.jonas, copy(1)))
  t.same(await untilStep('reply-written'), ['change-begun', 'patron call-sending', 'patron call-answered', ...told])
  await bridge.post(request('CheckInItem', item(copy(1)), { to: '01DEMO_INST' }))
  t.same(await untilStep('reply-written'), ['change-begun', 'partner call-sending', 'partner call-answered', ...told])
})

t.test('the steps of a return while Alma is away, and of its booking', async (t) => {
  const { bridge, kiosk, untilStep } = await start(t)
  await bridge.alma.stopListening()
  t.match((await kiosk.ask(checkin(copy(15)))).fixed, /^1/, 'it is accepted')
  const accepted = await untilStep('reply-written')
  t.same(accepted.slice(0, 1), ['change-begun'])
  t.same(accepted.slice(-4), ['change-accepting', 'change-accepted', 'reply-writing', 'reply-written'])
  await bridge.alma.listenAgain()
  const booked = await untilStep('change-ended')
  const ofBooking = ['background call-sending', 'background call-answered', 'change-ending', 'change-ended']
  t.same(booked.slice(-5), ['change-resumed', ...ofBooking])
  t.equal(bridge.item(copy(15)).loan, undefined)
})

import t from 'tap'
import { startBridge } from '../helpers/bridge.ts'
import * as sip2 from '../helpers/raw-sip2.ts'

t.test("a kiosk shows the library's own sentence, and a language that the library added", async (t) => {
  const bridge = await startBridge(t, {
    config: (base) => ({
      ...base,
      profiles: { ...base.profiles, plain: { defaultLanguage: 'pl' } },
      texts: {
        en: { refused: { 'patron-unknown': 'Please see Ada on the first floor.' } },
        pl: { fallback: 'de', refused: { 'patron-unknown': 'Nieznana karta.' } },
      },
    }),
  })
  const kiosk = await bridge.logIn()
  const polish = await kiosk.ask(sip2.patronStatus('nobody').replace(/^23001/, '23000'))
  t.equal(polish.get('AF'), 'Nieznana karta.')
  const english = await kiosk.ask(sip2.patronStatus('nobody'))
  t.equal(english.get('AF'), 'Please see Ada on the first floor.')
  const german = await kiosk.ask(sip2.patronStatus('nobody').replace(/^23001/, '23003'))
  t.match(german.get('AF'), /^Dieser Ausweis ist nicht bekannt/)
})

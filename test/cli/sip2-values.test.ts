import { InvalidArgumentError } from 'commander'
import t from 'tap'
import * as values from '../../src/cli/sip2-values.ts'

t.test('what people type becomes what the wire carries', async (t) => {
  t.equal(values.readList('charged'), '  Y       ')
  t.equal(values.readAmount('12.50'), '12.50')
  t.equal(values.readWhen('2026-12-24'), '20261224    235900')
  t.equal(values.readWhen('2026-12-24T18:05'), '20261224    180500')
  t.equal(values.readLanguage('de'), '003')
  t.equal(values.readLanguage('011'), '011')
  t.equal(values.readCharset('UTF-8'), 'utf-8')
  t.equal(values.readTimeZone('Europe/Berlin'), 'Europe/Berlin')
  t.equal(values.readDelimiter('^'), '^')
  t.equal(values.readPort('6001'), 6001)
  t.equal(values.readSeconds('0.5'), 500)
  t.equal(values.readPosition('20'), '20')
  t.equal(values.readTwoDigits('04'), '04')
  t.equal(values.readCurrency('EUR'), 'EUR')
})

t.test('what nothing can be made of is refused with an example', async (t) => {
  const wrong: readonly (readonly [(text: string) => unknown, readonly string[]])[] = [
    [values.readList, ['loans', '', 'constructor']],
    [values.readAmount, ['12,50', '-1', 'a', '1.2345']],
    [values.readWhen, ['24.12.2026', '2026-13-01', '2026-12-24 18:00']],
    [values.readLanguage, ['', 'xx', '999']],
    [values.readCharset, ['latin9']],
    [values.readTimeZone, ['', 'Berlin', 'Europe/Nowhere']],
    [values.readDelimiter, ['', 'a', '||', ' ']],
    [values.readPort, ['0', '65536', '1.5', 'x']],
    [values.readSeconds, ['0', '-1', '1e9', 'x', '4000']],
    [values.readPosition, ['0', '10000', 'x']],
    [values.readTwoDigits, ['1', 'ab']],
    [values.readCurrency, ['eur', 'EURO']],
  ]
  for (const [read, texts] of wrong) {
    for (const text of texts) t.throws(() => read(text), InvalidArgumentError, `${read.name} ${text}`)
  }
})

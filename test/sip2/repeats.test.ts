import t from 'tap'
import { Repeats } from '../../src/sip2/repeats.ts'

const frame = (text: string) => Buffer.from(text)
const answer = frame('12…')

t.test('a request with AY and AZ is known again, for a while', (t) => {
  const repeats = new Repeats(1000)
  t.equal(repeats.takeRepeated(frame('11xAY1AZABCD'), 0), undefined)
  repeats.rememberRequest(frame('11xAY1AZABCD'), answer, 0)
  t.equal(repeats.takeRepeated(frame('11xAY1AZABCD'), 999), answer)
  t.equal(repeats.lastReply, answer)
  t.equal(repeats.takeRepeated(frame('11xAY2AZABCD'), 0), undefined)
  t.equal(repeats.takeRepeated(frame('11xAY1AZABCE'), 0), undefined)
  t.equal(repeats.takeRepeated(frame('11xAY1AZABCD'), 1000), undefined)
  t.end()
})

t.test('an equal AY and AZ over other bytes are a request of its own', (t) => {
  const repeats = new Repeats(1000)
  repeats.rememberRequest(frame('11AB12|AY1AZABCD'), answer, 0)
  t.equal(repeats.takeRepeated(frame('11AB21|AY1AZABCD'), 0), undefined, 'the digits have the same sum')
  t.equal(repeats.takeRepeated(frame('11AB12|AY1AZABCD'), 0), answer)
  t.end()
})

t.test('a status is known again for a shorter while', (t) => {
  const repeats = new Repeats(120_000)
  const status = frame('9900802.00AY1AZFCA0')
  repeats.rememberRequest(status, answer, 0)
  t.equal(repeats.takeRepeated(status, 19_999), answer)
  t.equal(repeats.takeRepeated(status, 20_000), undefined)
  t.end()
})

t.test('without a sequence number or without a checksum nothing is known again', (t) => {
  const repeats = new Repeats(1000)
  for (const text of ['11x|', '11x|AZABCD', '11x|AY1', '11x|AY1AZ']) {
    repeats.rememberRequest(frame(text), answer, 0)
    t.equal(repeats.takeRepeated(frame(text), 0), undefined, text)
  }
  t.end()
})

t.test('without them it is known again when its machine had not seen the answer', (t) => {
  const repeats = new Repeats(1000)
  repeats.rememberRequest(frame('37a|'), answer, 0)
  t.equal(repeats.takeRepeated(frame('37a|'), 5000, true), answer)
  t.equal(repeats.takeRepeated(frame('37b|'), 5000, true), undefined)
  t.end()
})

t.test('an equal request counts anew only when its sender saw the answer', (t) => {
  const repeats = new Repeats(1000)
  t.equal(repeats.countOccurrence(frame('37a|AY1AZABCD'), false, 0), 0)
  t.equal(repeats.countOccurrence(frame('37a|AY1AZABCD'), true, 0), 0, 'it asks again')
  t.equal(repeats.countOccurrence(frame('37a|AY2AZABCC'), false, 0), 1, 'it means it')
  t.equal(repeats.countOccurrence(frame('37a|'), false, 0), 2)
  t.equal(repeats.countOccurrence(frame('37b|'), false, 0), 0)
  t.equal(repeats.countOccurrence(frame('37a|'), false, 0), 3, 'another one came between')
  t.end()
})

t.test('an equal request that crossed the answer on its way is the same', (t) => {
  const repeats = new Repeats(1000)
  const paid = frame('37a|')
  t.equal(repeats.countOccurrence(paid, false, 0), 0)
  repeats.rememberRequest(paid, answer, 5000)
  t.equal(repeats.countOccurrence(paid, false, 6999), 0)
  repeats.rememberRequest(paid, answer, 7000)
  t.equal(repeats.countOccurrence(paid, false, 9000), 1)
  t.end()
})

t.test('only so many contents are remembered', (t) => {
  const repeats = new Repeats(1000)
  for (let at = 0; at <= 64; at++) t.equal(repeats.countOccurrence(frame(`37${at}|`), false, 0), 0)
  t.equal(repeats.countOccurrence(frame('371|'), false, 0), 1)
  t.equal(repeats.countOccurrence(frame('370|'), false, 0), 0, 'the oldest is forgotten')
  t.end()
})

import t from 'tap'
import { Repeats } from '../../src/sip2/repeats.ts'

const frame = (text: string) => Buffer.from(text)
const answer = frame('12…')

t.test('a request is known again by AY and AZ, for a while', (t) => {
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

t.test('without a sequence number or without a checksum nothing is known again', (t) => {
  const repeats = new Repeats(1000)
  for (const text of ['11x|', '11x|AZABCD', '11x|AY1', '11x|AY1AZ']) {
    repeats.rememberRequest(frame(text), answer, 0)
    t.equal(repeats.takeRepeated(frame(text), 0), undefined, text)
  }
  t.end()
})

t.test('an equal request counts anew only when its sender saw the answer', (t) => {
  const repeats = new Repeats(1000)
  t.equal(repeats.countOccurrence(frame('37a|AY1AZABCD'), false), 0)
  t.equal(repeats.countOccurrence(frame('37a|AY1AZABCD'), true), 0, 'it asks again')
  t.equal(repeats.countOccurrence(frame('37a|AY2AZABCC'), false), 1, 'it means it')
  t.equal(repeats.countOccurrence(frame('37a|'), false), 2)
  t.equal(repeats.countOccurrence(frame('37b|'), false), 0)
  t.equal(repeats.countOccurrence(frame('37a|'), false), 0)
  t.end()
})

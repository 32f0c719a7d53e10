/** What a reply says to what was asked. */
import { english } from '../../src/sip2/texts/english.ts'
import type { RawReply } from '../helpers/raw-sip2.ts'

export function readAnswer(reply: RawReply): 'yes' | 'no' | 'unknown' {
  const isCard = reply.code === '24' || reply.code === '26'
  // These have no mark for it: whose card it is stands in them when it was done.
  const isDone = isCard ? reply.get('AE') !== '' : /^[1Y]/.test(reply.fixed)
  if (isDone) return 'yes'
  return reply.all('AF').includes(english.unknown) ? 'unknown' : 'no'
}

/** Command of the reply to each request. */
export const replyCodes: Readonly<Record<string, string>> = {
  '01': '24',
  '09': '10',
  '11': '12',
  '15': '16',
  '17': '18',
  '19': '20',
  '25': '26',
  '29': '30',
  '37': '38',
  '63': '64',
  '65': '66',
  '93': '94',
  '99': '98',
}

import type { Reply } from '../sip2/message.ts'
import type { ReplyCode, RequestCode } from '../sip2/spec/messages.ts'
import { type ExitCode, exitCodes } from '../runtime/exit-codes.ts'

type Yes = { readonly [C in ReplyCode]: (reply: Reply<C>) => boolean }

const ok = ({ fixed }: { readonly fixed: { readonly ok: boolean } }): boolean => fixed.ok

/** A patron whom the library does not know, or a PIN that was checked and is wrong. */
const isPatronGood = ({ fields }: Reply<'24' | '26' | '64'>): boolean => fields.BL !== 'N' && fields.CQ !== 'N'

/** What each reply says yes with. */
const saysYes: Yes = {
  '10': ok,
  '12': ok,
  '16': ok,
  // An item that nobody knows has neither a status nor a title.
  '18': ({ fixed, fields }) => fixed.circulationStatus !== '01' || (fields.AJ ?? '') !== '',
  '20': ({ fixed }) => fixed.itemPropertiesOk,
  '24': isPatronGood,
  '26': isPatronGood,
  '30': ok,
  '36': ({ fixed }) => fixed.endSession,
  '38': ({ fixed }) => fixed.paymentAccepted,
  '64': isPatronGood,
  '66': ok,
  '94': ok,
  '96': () => false,
  '98': ({ fixed }) => fixed.onlineStatus,
}

/** @param requested code of the request, undefined when that was no message. */
export function judgeReply(reply: Reply, requested: RequestCode | undefined): ExitCode {
  if (reply.code === '96') return requested === '97' ? exitCodes.refused : exitCodes.protocol
  // A 98 in place of another reply says that the library system cannot serve the request now.
  const putOff = reply.code === '98' && requested !== '99' && requested !== '97'
  const yes = (saysYes[reply.code] as (reply: Reply) => boolean)(reply)
  return yes && !putOff ? exitCodes.done : exitCodes.refused
}

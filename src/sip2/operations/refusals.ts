/** Requests that have no use-case yet are answered with their own well-formed refusal. */
import type { Outcome } from '../../circulation/outcome.ts'
import { defaultFixedPart, reply } from '../message.ts'
import type { Refusal, ReplyContext } from './operation.ts'
import { patronStatus } from './patron-flags.ts'
import { institutionId, screenMessage, stamp } from './values.ts'

/** 15 to 16. [SIP2 2.00 hold] */
export const holdOperation: Refusal<'15'> = {
  reply: (request, outcome, context) =>
    reply(
      '16',
      { ...defaultFixedPart('16'), transactionDate: stamp(context) },
      {
        AO: institutionId(request.fields.AO, context),
        AA: request.fields.AA ?? '',
        AF: screenMessage(outcome, context),
      },
    ),
}

/** 19 to 20. [SIP2 2.00 item status update] */
export const itemStatusUpdateOperation: Refusal<'19'> = {
  reply: (request, outcome, context) =>
    reply(
      '20',
      { ...defaultFixedPart('20'), transactionDate: stamp(context) },
      { AB: request.fields.AB ?? '', AF: screenMessage(outcome, context) },
    ),
}

/** 01 to 24. [SIP2 2.00 block patron] */
export const blockPatronOperation: Refusal<'01'> = {
  reply: (request, outcome, context) =>
    reply('24', deniedPatron(context), namelessPatron(request.fields, outcome, context)),
}

/** 25 to 26. [SIP2 2.00 patron enable] */
export const patronEnableOperation: Refusal<'25'> = {
  reply: (request, outcome, context) =>
    reply('26', deniedPatron(context), namelessPatron(request.fields, outcome, context)),
}

const deniedPatron = (context: ReplyContext) => ({
  patronStatus: patronStatus(undefined),
  // Neither request names a language.
  language: '000',
  transactionDate: stamp(context),
})

const namelessPatron = (
  { AO, AA = '' }: { readonly AO?: string | undefined; readonly AA?: string | undefined },
  outcome: Outcome<never>,
  context: ReplyContext,
) => ({ AO: institutionId(AO, context), AA, AE: '', AF: screenMessage(outcome, context) })

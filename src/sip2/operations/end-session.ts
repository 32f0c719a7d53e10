import { done } from '../../circulation/outcome.ts'
import { reply } from '../message.ts'
import type { Operation } from './operation.ts'
import { institutionId, stamp } from './values.ts'

/** 35 to 36. Nothing is asked of the library system; what was known of the patron is forgotten. [SIP2 2.00 end patron session] */
export const endSessionOperation: Operation<'35', true> = {
  async execute(_request, { visit }) {
    visit.end()
    return done(true)
  },

  reply: (request, _outcome, context) =>
    reply(
      '36',
      { endSession: true, transactionDate: stamp(context) },
      { AO: institutionId(request.fields.AO, context), AA: request.fields.AA ?? '' },
    ),
}

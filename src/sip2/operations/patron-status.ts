import type { Patron } from '../../circulation/model.ts'
import { done } from '../../circulation/outcome.ts'
import { findPatron } from '../../circulation/patron.ts'
import { reply } from '../message.ts'
import type { Operation } from './operation.ts'
import { type PatronView, patronFields, viewPatron } from './patron-view.ts'
import { institutionId, stamp, identifier } from './values.ts'

/** 23 to 24. [SIP2 2.00 patron status] */
export const patronStatusOperation: Operation<'23', PatronView<{ patron: Patron }>> = {
  execute(request, context) {
    const { circulation, visit, call } = context
    const patron = identifier(request.fields.AA)
    return viewPatron(
      patron,
      request.fields.AD,
      context,
      async () => {
        const found = await findPatron(patron, visit, circulation, call)
        return found.kind === 'done' ? done({ patron: found.value }) : found
      },
      () => undefined,
    )
  },

  reply(request, outcome, context) {
    const { status, fields } = patronFields(outcome, context)
    return reply(
      '24',
      { patronStatus: status, language: request.fixed.language, transactionDate: stamp(context) },
      { AO: institutionId(request.fields.AO, context), AA: request.fields.AA ?? '', ...fields },
    )
  },
}

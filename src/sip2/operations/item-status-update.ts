import type { Item } from '../../circulation/model.ts'
import { refused } from '../../circulation/outcome.ts'
import { updateItem } from '../../circulation/update-item.ts'
import { reply } from '../message.ts'
import { type ChangeOperation, identityOf } from './operation.ts'
import { identifier, screenMessage, stamp } from './values.ts'

/** 19 to 20: the member of the item that the profile names is filled, an empty CH clears it. [SIP2 2.00 item status update] */
export const itemStatusUpdateOperation: ChangeOperation<'19', Item> = {
  async execute(request, context) {
    const { circulation, call, terminal } = context
    const { CH } = request.fields
    const member = terminal.profile.itemProperties
    if (member === undefined) return refused('not-configured')
    if (CH === undefined) return refused('request-invalid')
    const barcode = identifier(request.fields.AB)
    const value = identifier(CH)
    const identity = identityOf(request, context, barcode, value)
    return updateItem({ barcode, member, value, identity }, circulation, call)
  },

  reply(request, outcome, context) {
    const { AB = '', CH } = request.fields
    const transactionDate = stamp(context)
    if (outcome.kind !== 'done') {
      const AF = screenMessage(outcome, context)
      return reply('20', { itemPropertiesOk: outcome.kind === 'accepted', transactionDate }, { AB, AF })
    }
    const AJ = outcome.value.title
    return reply('20', { itemPropertiesOk: true, transactionDate }, { AB, AJ, ...(CH && { CH }), AF: [] })
  },
}

import { done } from '../../circulation/outcome.ts'
import { reply } from '../message.ts'
import type { Operation } from './operation.ts'
import { isServed, supportedMessages } from '../terminal.ts'
import { sipDate } from './values.ts'

/** 99 to 98: what this terminal may do now. Nothing is asked of the library system. [SIP2 2.00 SC status] */
export const statusOperation: Operation<'99', { online: boolean }> = {
  execute: async (_request, { circulation }) => done({ online: circulation.system.availability.online() }),

  reply(_request, outcome, context) {
    const { profile, agency, name } = context.terminal
    const online = outcome.kind === 'done' && outcome.value.online
    return reply(
      '98',
      {
        onlineStatus: online,
        checkinOk: online && isServed('09', profile),
        checkoutOk: online && isServed('11', profile),
        acsRenewalPolicy: isServed('29', profile),
        statusUpdateOk: isServed('19', profile),
        offlineOk: profile.offlineOk,
        timeoutPeriod: profile.timeoutTenths,
        retriesAllowed: profile.retries,
        dateTimeSync: sipDate(context.now, context),
        protocolVersion: '2.00',
      },
      {
        AO: agency,
        AM: profile.libraryName ?? context.terminal.libraryName,
        AN: name,
        BX: supportedMessages(profile),
      },
    )
  },
}

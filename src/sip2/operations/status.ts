import { done } from '../../circulation/outcome.ts'
import { reply } from '../message.ts'
import type { Operation, ReplyContext } from './operation.ts'
import { fillTemplate } from '../fields/templates.ts'
import { isServed, supportedMessages } from '../terminal.ts'
import { sipDate } from './values.ts'

export interface Status {
  readonly online: boolean
  /** Changes can be promised while the library system is away. */
  readonly promising: boolean
}

/** 99 to 98: what this terminal may do now. Nothing is asked of the library system. [SIP2 2.00 SC status] */
export const statusOperation: Operation<'99', Status> = {
  execute: async (_request, { circulation: { system, journal }, call }) =>
    done({ online: system.availability.online(), promising: journal.mayAccept(call.machine) }),

  reply(_request, outcome, context) {
    const { profile, agency, name } = context.terminal
    const { online, promising } = outcome.kind === 'done' ? outcome.value : { online: false, promising: false }
    const { checkin, checkout } = profile.offline
    return reply(
      '98',
      {
        onlineStatus: online,
        checkinOk: isServed('09', profile) && (online || (promising && checkin === 'queue')),
        checkoutOk: isServed('11', profile) && (online || (promising && checkout === 'limited')),
        acsRenewalPolicy: isServed('29', profile),
        statusUpdateOk: isServed('19', profile),
        // It promises that what happens off line is taken later, whatever the library system says then.
        offlineOk: profile.offlineOk && promising,
        timeoutPeriod: profile.timeoutTenths,
        retriesAllowed: profile.retries,
        dateTimeSync: sipDate(context.now, context),
        protocolVersion: '2.00',
      },
      {
        AO: agency,
        AM: nameOfLibrary(context),
        AN: name,
        BX: supportedMessages(profile),
      },
    )
  },
}

function nameOfLibrary(context: ReplyContext): string {
  const { profile, libraryName } = context.terminal
  return profile.libraryName === undefined ? libraryName : fillTemplate(profile.libraryName, {}, context)
}

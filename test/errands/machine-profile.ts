import type { ProfileInput } from '../../src/runtime/config/sections/profile.ts'
import { cardBlock } from './card.ts'
import { waiverReason, waiverType } from './account.ts'

/** What a machine is allowed that runs every errand. */
export const machineProfile = {
  messages: { blockPatron: true, patronEnable: true, itemStatusUpdate: true },
  patronBlock: cardBlock,
  itemProperties: 'internal-note-3',
  payments: { writeOff: { types: [waiverType], reason: waiverReason } },
} as const satisfies ProfileInput

/** The same, whose payments go to the fee of just that amount when it names none. */
export const byAmountProfile = {
  ...machineProfile,
  payments: { ...machineProfile.payments, order: 'matching-amount' },
} as const satisfies ProfileInput

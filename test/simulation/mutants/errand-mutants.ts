/** Mistakes in what is neither a loan nor a return nor a plain payment. */
import { AlmaClient, type AlmaRequest } from '../../../src/alma/client.ts'
import { accepted, done, unavailable } from '../../../src/circulation/outcome.ts'
import { checkinOperation } from '../../../src/sip2/operations/checkin.ts'
import { checkoutOperation } from '../../../src/sip2/operations/checkout.ts'
import { renewAllOperation } from '../../../src/sip2/operations/renew.ts'
import type { Mutant } from './mutant.ts'
import { withMethods } from './with-methods.ts'

const dayMs = 86_400_000

export const errandMutants = {
  'takes-lost-hold-for-none': {
    about: 'A lost answer to a hold counts as a hold that was not placed.',
    breaks: ['truth', 'kept'],
    system: (system) =>
      withMethods(system, {
        holds: withMethods(system.holds, {
          create: async (hold, call) => {
            const outcome = await system.holds.create(hold, call)
            return outcome.kind === 'unknown' ? unavailable('timeout') : outcome
          },
        }),
      }),
  },
  'changes-all-of-a-hold': {
    about: 'A hold that is wanted longer is to be fetched elsewhere too.',
    breaks: ['kept', 'state'],
    system: (system) =>
      withMethods(system, {
        holds: withMethods(system.holds, {
          change: (change, call) =>
            system.holds.change(
              { ...change, pickup: change.pickup ?? { library: 'MAIN', circulationDesk: 'DEFAULT_CIRC_DESK' } },
              call,
            ),
        }),
      }),
  },
  'empties-patron-lists': {
    about: 'The record of a patron who is blocked is written back without its notes.',
    breaks: ['state'],
    install: () => changeBodies('patron-record', (body) => ({ ...body, user_note: [] })),
  },
  'lifts-blocks-of-others': {
    about: 'A card that is enabled has no block at all any more.',
    breaks: ['state'],
    install: () =>
      changeBodies('patron-record', (body) => {
        const notes = (body['user_block'] as { readonly block_note?: string }[]).map((block) => block.block_note ?? '')
        return notes.some((note) => note.startsWith('[Circbridge]')) ? body : { ...body, user_block: [] }
      }),
  },
  'empties-items': {
    about: 'An item is written back with nothing but its new note.',
    breaks: ['state'],
    install: () =>
      changeBodies('item-record', ({ item_data: data }) => {
        const { barcode, internal_note_3: note } = data as Readonly<Record<string, unknown>>
        return { item_data: { barcode, internal_note_3: note } }
      }),
  },
  'waives-again': {
    about: 'A waiver whose answer was lost is never found, and is sent again.',
    breaks: ['once', 'truth', 'money'],
    system: (system) => withMethods(system, { fees: withMethods(system.fees, { findWaivers: async () => done([]) }) }),
  },
  'pays-any-fee': {
    about: 'A payment of certain fees goes to whichever are the oldest.',
    breaks: ['money'],
    system: (system) =>
      withMethods(system, {
        fees: withMethods(system.fees, {
          pay: (payment, call) => system.fees.pay({ ...payment, feeId: undefined }, call),
        }),
      }),
  },
  'calls-all-renewed': {
    about: 'Of what a patron has at home, all is told renewed.',
    breaks: ['kept'],
    install: () => {
      const execute = renewAllOperation.execute
      renewAllOperation.execute = async (request, context) => {
        const outcome = await execute(request, context)
        if (outcome.kind !== 'done') return outcome
        const { renewed, unrenewed } = outcome.value
        return done({ renewed: [...renewed, ...unrenewed.map(({ loan }) => loan)], unrenewed: [] })
      }
    },
  },
  'forgets-cancels': {
    about: 'What a machine takes back because it could not finish is told done, and is not.',
    breaks: ['kept', 'state'],
    install: () => {
      const takeBack = checkinOperation.execute
      checkinOperation.execute = async (request, context) =>
        request.fields.BI === 'Y' ? accepted() : takeBack(request, context)
      const lend = checkoutOperation.execute
      checkoutOperation.execute = async (request, context) =>
        request.fields.BI === 'Y' ? accepted() : lend(request, context)
    },
  },
  'keeps-a-wrong-date': {
    about: 'A due date that a patron was told is kept a day late.',
    breaks: ['state'],
    system: (system) =>
      withMethods(system, {
        loans: withMethods(system.loans, {
          setDueDate: ({ due, ...loan }, call) =>
            system.loans.setDueDate({ ...loan, due: new Date(due.getTime() + dayMs) }, call),
        }),
      }),
  },
} as const satisfies Readonly<Record<string, Mutant>>

/** What is sent with one kind of call is another, for the whole thread. */
function changeBodies(
  operation: AlmaRequest['operation'],
  change: (body: Readonly<Record<string, unknown>>) => unknown,
): void {
  const send = AlmaClient.prototype.send
  AlmaClient.prototype.send = function sendAnother(this: AlmaClient, request, call) {
    if (request.operation !== operation) return send.call(this, request, call)
    const body = change(request.body as Readonly<Record<string, unknown>>)
    return send.call(this, { ...request, body }, call)
  }
}

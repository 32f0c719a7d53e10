/** The two requests that change a card: both are answered with how it stands then. */
import { blockPatron } from '../../circulation/block-patron.ts'
import { enablePatron } from '../../circulation/enable-patron.ts'
import type { Patron } from '../../circulation/model.ts'
import { type ChangeOutcome, done, refused } from '../../circulation/outcome.ts'
import { judgeStanding } from '../../circulation/standing.ts'
import { reply } from '../message.ts'
import { languageCode } from '../spec/codes.ts'
import { type ChangeOperation, type ReplyContext, identityOf } from './operation.ts'
import { checkGivenPassword } from './password.ts'
import { patronStatus } from './patron-flags.ts'
import { type PatronView, isOpen, personalName, reasons, validityUnread } from './patron-view.ts'
import { identifier, institutionId, screenMessage, stamp, yesNo } from './values.ts'

type CardView = PatronView<{ readonly patron: Patron }>

/** 01 to 24. No password comes with it: whoever found the card does not know it. [SIP2 2.00 block patron] */
export const blockPatronOperation: ChangeOperation<'01', CardView> = {
  async execute(request, context) {
    const { circulation, visit, call, terminal } = context
    const { cardRetained } = request.fixed
    const patron = identifier(request.fields.AA)
    const message = identifier(request.fields.AL)
    const block = terminal.profile.patronBlock
    if (block === undefined) return refused('not-configured')
    const identity = identityOf(request, context, patron, message, yesNo(cardRetained))
    const blocked = await blockPatron({ patron, block, message, cardRetained, visit, identity }, circulation, call)
    return blocked.kind === 'done' ? done(viewOf(blocked.value, undefined, context)) : blocked
  },

  reply: (request, outcome, context) => reply('24', fixedPart(outcome, context), fieldsOf(request, outcome, context)),
}

/** 25 to 26. Blocks that others placed stay, and are told. [SIP2 2.00 patron enable] */
export const patronEnableOperation: ChangeOperation<'25', CardView> = {
  async execute(request, context) {
    const { circulation, visit, call } = context
    const patron = identifier(request.fields.AA)
    const password = await checkGivenPassword(patron, request.fields.AD, context)
    if (password.kind !== 'done') return password
    if (password.value === false) return refused('patron-pin-wrong')
    const identity = identityOf(request, context, patron)
    const enabled = await enablePatron({ patron, visit, identity }, circulation, call)
    return enabled.kind === 'done' ? done(viewOf(enabled.value.patron, password.value, context)) : enabled
  },

  reply: (request, outcome, context) => reply('26', fixedPart(outcome, context), fieldsOf(request, outcome, context)),
}

function viewOf(patron: Patron, passwordRight: boolean | undefined, { limits, now }: ReplyContext): CardView {
  return { account: { patron }, standing: judgeStanding(patron, undefined, limits, now), passwordRight }
}

const fixedPart = (outcome: ChangeOutcome<CardView>, context: ReplyContext) => ({
  patronStatus: patronStatus(outcome.kind === 'done' ? outcome.value.standing : undefined),
  // Neither request names a language: it is the one in which the terminal is spoken to.
  language: languageCode(context.language),
  transactionDate: stamp(context),
})

function fieldsOf(
  {
    fields: { AO, AA = '' },
  }: { readonly fields: { readonly AO?: string | undefined; readonly AA?: string | undefined } },
  outcome: ChangeOutcome<CardView>,
  context: ReplyContext,
) {
  const common = { AO: institutionId(AO, context), AA }
  if (outcome.kind !== 'done')
    return { ...common, AE: '', ...validityUnread(outcome), AF: screenMessage(outcome, context) }
  const view = outcome.value
  const { standing, passwordRight } = view
  const open = isOpen(view, context)
  return {
    ...common,
    AE: open ? personalName(view.account.patron, context) : '',
    BL: yesNo(standing.valid),
    ...(passwordRight !== undefined && { CQ: yesNo(passwordRight) }),
    AF: open ? reasons(view, context) : [],
  }
}

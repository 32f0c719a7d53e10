/** The requests of SIP2 as people type them, and how each is made. */
import { type Request, request } from '../sip2/message.ts'
import type { MessageOptions } from './sip2-message-options.ts'

/** What a terminal says of itself in many requests. */
export interface TerminalFacts {
  readonly institution: string
  readonly terminalPassword: string
  /** Three digits. */
  readonly language: string
  readonly location: string
  /** The present in the 18 characters of SIP2. */
  readonly now: string
}

interface Given {
  /** The arguments in their order. */
  readonly args: readonly (string | undefined)[]
  readonly options: MessageOptions
  readonly facts: TerminalFacts
  readonly pin: string | undefined
}

export interface MessageCommand {
  /** Name and arguments. */
  readonly usage: string
  readonly alias?: string
  readonly summary: string
  readonly options: readonly (keyof MessageOptions)[]
  make(given: Given): Request
}

const noList = ' '.repeat(10)
const flag = (set: true | undefined): 'Y' | undefined => (set === true ? 'Y' : undefined)
const terminal = ({ institution, terminalPassword }: TerminalFacts) => ({ AO: institution, AC: terminalPassword })

export const messageCommands: readonly MessageCommand[] = [
  {
    usage: 'status',
    summary: 'what the library system can do now (99)',
    options: [],
    make: () => request('99', { statusCode: '0', maxPrintWidth: 40, protocolVersion: '2.00' }, {}),
  },
  {
    usage: 'patron-status <patron>',
    alias: 'patron',
    summary: 'whether a patron may borrow, and what they owe (23)',
    options: ['pin'],
    make: ({ args: [AA], facts, pin: AD }) =>
      request('23', { language: facts.language, transactionDate: facts.now }, { ...terminal(facts), AA, AD }),
  },
  {
    usage: 'patron-information <patron>',
    alias: 'info',
    summary: 'counts of a patron, and one of the lists behind them (63)',
    options: ['list', 'first', 'last', 'pin'],
    make: ({ args: [AA], options, facts, pin: AD }) =>
      request(
        '63',
        { language: facts.language, transactionDate: facts.now, summary: options.list ?? noList },
        { ...terminal(facts), AA, AD, BP: options.first, BQ: options.last },
      ),
  },
  {
    usage: 'checkout <patron> <item>',
    summary: 'lend an item (11)',
    options: ['pin', 'renew', 'acceptFee', 'block', 'due', 'cancel'],
    make: ({ args: [AA, AB], options, facts, pin: AD }) =>
      request(
        '11',
        {
          scRenewalPolicy: options.renew === true,
          noBlock: options.block === false,
          transactionDate: facts.now,
          nbDueDate: options.due ?? '',
        },
        { ...terminal(facts), AA, AB, AD, BO: flag(options.acceptFee), BI: flag(options.cancel) },
      ),
  },
  {
    usage: 'checkin <item>',
    summary: 'take an item back (09)',
    options: ['returned', 'block', 'cancel'],
    make: ({ args: [AB], options, facts }) =>
      request(
        '09',
        {
          noBlock: options.block === false,
          transactionDate: facts.now,
          returnDate: options.returned ?? facts.now,
        },
        { ...terminal(facts), AP: facts.location, AB, BI: flag(options.cancel) },
      ),
  },
  {
    usage: 'renew <patron> [item]',
    summary: 'renew a loan (29)',
    options: ['pin', 'title', 'acceptFee', 'block', 'due'],
    make: ({ args: [AA, AB], options, facts, pin: AD }) =>
      request(
        '29',
        {
          thirdPartyAllowed: false,
          noBlock: options.block === false,
          transactionDate: facts.now,
          nbDueDate: options.due ?? '',
        },
        { ...terminal(facts), AA, AB, AD, AJ: options.title, BO: flag(options.acceptFee) },
      ),
  },
  {
    usage: 'renew-all <patron>',
    summary: 'renew every loan of a patron (65)',
    options: ['pin', 'acceptFee'],
    make: ({ args: [AA], options, facts, pin: AD }) =>
      request('65', { transactionDate: facts.now }, { ...terminal(facts), AA, AD, BO: flag(options.acceptFee) }),
  },
  {
    usage: 'fee-paid <patron> <amount>',
    summary: 'say that a patron has paid (37)',
    options: ['fee', 'transaction', 'currency', 'type', 'payment', 'pin'],
    make: ({ args: [AA, BV], options, facts, pin: AD }) =>
      request(
        '37',
        {
          transactionDate: facts.now,
          feeType: options.type ?? '01',
          paymentType: options.payment ?? '00',
          currencyType: options.currency ?? '',
        },
        { ...terminal(facts), AA, BV, AD, CG: options.fee?.split(','), BK: options.transaction },
      ),
  },
  {
    usage: 'item <item>',
    alias: 'item-information',
    summary: 'where an item is and who waits for it (17)',
    options: [],
    make: ({ args: [AB], facts }) => request('17', { transactionDate: facts.now }, { ...terminal(facts), AB }),
  },
  {
    usage: 'end-session <patron>',
    summary: 'the patron has left (35)',
    options: ['pin'],
    make: ({ args: [AA], facts, pin: AD }) =>
      request('35', { transactionDate: facts.now }, { ...terminal(facts), AA, AD }),
  },
  {
    usage: 'hold <patron> [item]',
    summary: 'place, change or cancel a hold (15)',
    options: ['title', 'pickup', 'expires', 'change', 'cancel', 'acceptFee', 'pin'],
    make: ({ args: [AA, AB], options, facts, pin: AD }) =>
      request(
        '15',
        {
          holdMode: options.cancel === true ? '-' : options.change === true ? '*' : '+',
          transactionDate: facts.now,
        },
        {
          ...terminal(facts),
          AA,
          AB,
          AD,
          AJ: options.title,
          BS: options.pickup,
          BW: options.expires,
          BY: AB === undefined ? '2' : '3',
          BO: flag(options.acceptFee),
        },
      ),
  },
  {
    usage: 'item-update <item> <properties>',
    summary: "store an item's properties (19)",
    options: [],
    make: ({ args: [AB, CH], facts }) => request('19', { transactionDate: facts.now }, { ...terminal(facts), AB, CH }),
  },
  {
    usage: 'block <patron> <reason>',
    summary: 'block a card (01)',
    options: ['keepCard'],
    make: ({ args: [AA, AL], options, facts }) =>
      request(
        '01',
        { cardRetained: options.keepCard === true, transactionDate: facts.now },
        { ...terminal(facts), AA, AL },
      ),
  },
  {
    usage: 'enable <patron>',
    summary: 'lift a block that the terminal has set (25)',
    options: ['pin'],
    make: ({ args: [AA], facts, pin: AD }) =>
      request('25', { transactionDate: facts.now }, { ...terminal(facts), AA, AD }),
  },
  {
    usage: 'resend',
    summary: 'ask for the last reply again (97)',
    options: [],
    make: () => request('97', {}, {}),
  },
]

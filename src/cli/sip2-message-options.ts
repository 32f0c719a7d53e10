/** The options that the commands of SIP2 messages share. */
import { Option } from 'commander'
import { listNames, readAmount, readCurrency, readList, readPosition, readTwoDigits, readWhen } from './sip2-values.ts'

/** What was typed, as commander gives it. */
export interface MessageOptions {
  /** True when it shall be asked for. */
  readonly pin?: string | true
  readonly list?: string
  readonly first?: string
  readonly last?: string
  readonly due?: string
  readonly returned?: string
  readonly expires?: string
  readonly cancel?: true
  readonly change?: true
  readonly renew?: true
  /** False for `--no-block`. */
  readonly block?: boolean
  readonly acceptFee?: true
  readonly keepCard?: true
  readonly title?: string
  readonly pickup?: string
  readonly fee?: string
  readonly transaction?: string
  readonly currency?: string
  readonly type?: string
  readonly payment?: string
  readonly asItIs?: true
}

export const messageOptions: { readonly [N in keyof Required<MessageOptions>]: () => Option } = {
  pin: () => new Option('--pin [pin]', "the patron's PIN; without a value it is asked for"),
  list: () => new Option('--list <list>', `list to ask for: ${Object.keys(listNames).join(', ')}`).argParser(readList),
  first: () => new Option('--first <n>', 'first entry of the list, counted from 1').argParser(readPosition),
  last: () => new Option('--last <n>', 'last entry of the list').argParser(readPosition),
  due: () => new Option('--due <date>', 'due date that the terminal has given already').argParser(readWhen),
  returned: () => new Option('--returned <date>', 'when the item came back, if not now').argParser(readWhen),
  expires: () => new Option('--expires <date>', 'last day on which the hold is wanted').argParser(readWhen),
  cancel: () => new Option('--cancel', 'undo what was done before'),
  change: () => new Option('--change', 'change a hold that is there'),
  renew: () => new Option('--renew', 'a loan that the patron has already may be renewed'),
  block: () => new Option('--no-block', 'it has happened already: the library system must not refuse it'),
  acceptFee: () => new Option('--accept-fee', 'the patron has agreed to the fee'),
  keepCard: () => new Option('--keep-card', 'the terminal has kept the card'),
  title: () => new Option('--title <id>', 'a title in place of an item, or beside it'),
  pickup: () => new Option('--pickup <location>', 'where the patron wants to fetch it'),
  fee: () => new Option('--fee <id>', 'the fee that is paid, or several with commas; without it the amount is spread'),
  transaction: () => new Option('--transaction <id>', "the pay station's own number of the payment"),
  currency: () => new Option('--currency <code>', 'ISO 4217').default('EUR').argParser(readCurrency),
  type: () => new Option('--type <code>', 'fee type, two digits').default('01').argParser(readTwoDigits),
  payment: () => new Option('--payment <code>', 'payment type, two digits').default('00').argParser(readTwoDigits),
  asItIs: () => new Option('--as-it-is', 'add neither sequence number nor checksum'),
}

/** Arguments that are more than words, by their name. */
export const argumentReaders: Readonly<Record<string, (text: string) => string>> = { amount: readAmount }

import type { Place } from '../circulation/model.ts'
import type { ProfileConfig, ServedMessage } from '../runtime/config/schema.ts'
import { writeSupportedMessages } from './positions.ts'
import { supportedMessagePositions } from './spec/codes.ts'
import type { MessageCode, RequestCode } from './spec/messages.ts'
import type { ScreenTexts } from './texts/screen-texts.ts'

/** How one kind of terminal speaks and what it may do. */
export type Profile = ProfileConfig

/** One machine, known by name. */
export interface Terminal {
  readonly name: string
  /** The institution's short name in the config. */
  readonly institution: string
  /** The institution's code as the machine knows it: AO. */
  readonly agency: string
  readonly libraryName: string
  readonly place: Place
  readonly profile: Profile
  /** The library's screen texts; the built-in ones when left out. */
  readonly texts?: ScreenTexts | undefined
}

const switches: Partial<Record<MessageCode, ServedMessage>> = {
  '01': 'blockPatron',
  '09': 'checkin',
  '11': 'checkout',
  '15': 'hold',
  '17': 'itemInformation',
  '19': 'itemStatusUpdate',
  '23': 'patronStatus',
  '25': 'patronEnable',
  '29': 'renew',
  '35': 'endSession',
  '37': 'feePaid',
  '63': 'patronInformation',
  '65': 'renewAll',
}
const alwaysServed: ReadonlySet<MessageCode> = new Set<RequestCode>(['93', '97', '99'])

/** Whether a request of this kind is carried out for terminals of this profile. */
export function isServed(code: MessageCode, profile: Profile): boolean {
  const key = switches[code]
  return alwaysServed.has(code) || (key !== undefined && profile.messages[key])
}

/** BX: what is really served, a letter a message. [SIP2 2.00 supported messages] */
export const supportedMessages = (profile: Profile): string =>
  writeSupportedMessages(supportedMessagePositions.map(({ code }) => code).filter((code) => isServed(code, profile)))

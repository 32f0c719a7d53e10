/**
 * The closed list of what a template may name, by what it is about. `{name}` stands for a value; a name with a colon
 * takes one of many by the library system's own code: `{statistics:FACULTY}`.
 */

/** `public`: of the library and its things. `identity`: points at a person, or at what they read or owe. */
export type TemplatePrivacy = 'public' | 'identity'

export interface TemplateName {
  readonly privacy: TemplatePrivacy
  readonly meaning: string
  /** `{name:CODE}` is meant, and a code must follow. */
  readonly takesCode?: true
}

type Names = Readonly<Record<string, TemplateName>>

const open = (meaning: string) => ({ privacy: 'public', meaning }) as const
const personal = (meaning: string) => ({ privacy: 'identity', meaning }) as const

const terminal = {
  institution: open('Name of the institution'),
  agency: open('Code of the institution (AO)'),
  library: open("Alma's code of the terminal's library"),
  desk: open("Alma's code of the terminal's circulation desk"),
  terminal: open('Name of the terminal'),
  today: open("Day at the library, as the reply's language writes it"),
  now: open('Time of day at the library, as 14:05'),
} as const satisfies Names

const patron = {
  firstName: personal('Preferred first name, else first name'),
  middleName: personal('Middle name'),
  lastName: personal('Last name'),
  patronTitle: personal('Title, such as Dr'),
  patronId: personal('Primary identifier'),
  identifier: { ...personal("Identifier of a type, by Alma's code of the type"), takesCode: true },
  patronGroup: personal('Code of the user group'),
  patronGroupName: personal('User group'),
  jobCategory: personal('Code of the job category'),
  jobCategoryName: personal('Job category'),
  jobDescription: personal('Job description'),
  campus: personal('Code of the campus'),
  campusName: personal('Campus'),
  statistics: { ...personal("Statistical category of a type, by Alma's code of the type"), takesCode: true },
  statisticsAll: personal('Codes of all statistical categories'),
  patronNote: personal('Notes that the patron may read'),
  patronLanguage: personal('Language of the record'),
  birthDate: personal('Date of birth as YYYYMMDD'),
  cardExpires: personal('End of the card as YYYYMMDD'),
  cardExpiresReadable: personal("End of the card as the reply's language writes it"),
  email: personal('Preferred mail address'),
  phone: personal('Preferred telephone number'),
  postalCode: personal('Postal code of the preferred address'),
  balance: personal('What is owed'),
} as const satisfies Names

const title = {
  barcode: personal('Barcode of the item'),
  title: personal('Title'),
  author: personal('Author'),
} as const satisfies Names

const item = {
  ...title,
  callNumber: personal('Call number'),
  description: personal('Description of the volume'),
  titleId: personal("Alma's MMS id"),
  isbn: personal('ISBN'),
  materialType: open('Code of the material type'),
  materialTypeName: open('Material type'),
  itemPolicy: open('Code of the item policy'),
  itemPolicyName: open('Item policy'),
  owningLibrary: open('Code of the owning library'),
  owningLibraryName: open('Owning library'),
  location: open('Code of the permanent location'),
  locationName: open('Permanent location'),
  currentLocation: open('Code of the current location'),
  publicNote: personal('Public note'),
  internalNote1: personal('Internal note 1'),
  internalNote2: personal('Internal note 2'),
  internalNote3: personal('Internal note 3'),
  statisticsNote1: personal('Statistics note 1'),
  statisticsNote2: personal('Statistics note 2'),
  statisticsNote3: personal('Statistics note 3'),
  storageLocation: personal('Storage location id'),
  inventoryNumber: personal('Inventory number'),
  pages: personal('Pages'),
  pieces: personal('Pieces'),
  fulfilmentNote: personal('Fulfilment note'),
} as const satisfies Names

const loan = {
  ...title,
  callNumber: item.callNumber,
  due: open('Due date as dueDateForm says'),
  dueReadable: open("Due day as the reply's language writes it"),
  itemPolicy: item.itemPolicy,
  itemPolicyName: item.itemPolicyName,
  owningLibrary: item.owningLibrary,
  owningLibraryName: item.owningLibraryName,
  location: item.location,
  locationName: item.locationName,
} as const satisfies Names

const hold = {
  ...title,
  pickup: personal('Place of pickup'),
  queuePosition: personal('Place in the queue'),
  holdExpires: personal("Last day, as the reply's language writes it"),
} as const satisfies Names

const fee = {
  feeId: personal('Id of the fee, for CG'),
  amount: personal('What is still owed'),
  originalAmount: personal('What was owed at first'),
  currency: open('Currency'),
  feeType: personal("Alma's code of the fee type"),
  feeTypeName: personal('Fee type'),
  feeDate: personal("Day of the fee, as the reply's language writes it"),
  barcode: title.barcode,
  title: title.title,
} as const satisfies Names

const routing = {
  destination: open('Where a returned item goes'),
  requesterName: personal('Who waits for a returned item'),
  requesterId: personal('Primary identifier of who waits for a returned item'),
} as const satisfies Names

export const templateNames = { terminal, patron, item, loan, hold, fee, routing } as const

/** What a template can be about. */
export type TemplateSubject = keyof typeof templateNames
export type NameOf<S extends TemplateSubject> = keyof (typeof templateNames)[S]

/** What each reply can be about, besides the terminal. */
export const replySubjects = {
  '10': ['item', 'routing'],
  '12': ['loan', 'item'],
  '16': ['hold'],
  '18': ['item'],
  '20': ['item'],
  '24': ['patron'],
  '26': ['patron'],
  '30': ['loan'],
  '36': [],
  '38': [],
  '64': ['patron'],
  '66': [],
  '98': [],
} as const satisfies Readonly<Record<string, readonly TemplateSubject[]>>

export type RuledReply = keyof typeof replySubjects
export const ruledReplies = Object.keys(replySubjects) as readonly RuledReply[]

/** The fields whose every value is made from one kind of thing. */
export const valueSubjects = {
  AE: 'patron',
  AS: 'hold',
  AT: 'loan',
  AU: 'loan',
  AV: 'fee',
  BU: 'loan',
  CD: 'hold',
  DA: 'routing',
} as const satisfies Readonly<Record<string, TemplateSubject>>

export type TemplatedField = keyof typeof valueSubjects

export type TemplatePart = string | { readonly name: string; readonly code: string | undefined }

/** Text and names in their order: `Due {due}` is a text and a name. */
export function readTemplate(template: string): readonly TemplatePart[] {
  return template
    .split(/(\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part) => {
      if (!part.startsWith('{')) return part
      const [name = '', code] = part.slice(1, -1).split(/:(.*)/s)
      return { name, code }
    })
}

export const namesIn = (template: string): readonly Exclude<TemplatePart, string>[] =>
  readTemplate(template).filter((part) => typeof part !== 'string')

/** The description of a name that one of the subjects has. */
export function findName(name: string, subjects: readonly TemplateSubject[]): TemplateName | undefined {
  for (const subject of subjects) {
    const names: Names = templateNames[subject]
    if (Object.hasOwn(names, name)) return names[name]
  }
  return undefined
}

/** Everything that may be named where these subjects are at hand. */
export const namesOf = (subjects: readonly TemplateSubject[]): readonly string[] => [
  ...new Set(subjects.flatMap((subject) => Object.keys(templateNames[subject]))),
]

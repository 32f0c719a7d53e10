/** What each name of a template stands for. */
import type { CodedName, Fee, Hold, Item, Loan, Patron, Routing } from '../../circulation/model.ts'
import { formatAmount } from '../../circulation/money.ts'
import type { NameOf, TemplateSubject } from '../../runtime/config/template-names.ts'
import { formatDate } from '../dates.ts'
import type { ReplyContext } from '../operations/operation.ts'
import { dueDate, formatByPattern, humanDate } from '../operations/values.ts'

/** What a template is filled from; what is not at hand leaves its names empty. */
export interface Subjects {
  readonly patron?: Patron | undefined
  readonly item?: Item | undefined
  readonly loan?: Loan | undefined
  readonly hold?: Hold | undefined
  readonly fee?: Fee | undefined
  readonly routing?: Routing | undefined
}

type ThingOf<S extends TemplateSubject> = S extends keyof Subjects ? NonNullable<Subjects[S]> : undefined
/** @param code what stands behind the colon of the name */
type Reader<T> = (thing: T, context: ReplyContext, code: string) => string | undefined
type Readers = { readonly [S in TemplateSubject]: { readonly [N in NameOf<S>]: Reader<ThingOf<S>> } }

const readers: Readers = {
  terminal: {
    institution: (_, { terminal }) => terminal.libraryName,
    agency: (_, { terminal }) => terminal.agency,
    library: (_, { terminal }) => terminal.place.library,
    desk: (_, { terminal }) => terminal.place.circulationDesk,
    terminal: (_, { terminal }) => terminal.name,
    today: (_, context) => humanDate(context.now, context),
    now: (_, { now, timeZone }) => formatByPattern(now, timeZone, 'HH:mm'),
  },
  patron: {
    firstName: ({ name }) => name.preferredFirst || name.first,
    middleName: ({ name }) => name.middle,
    lastName: ({ name }) => name.last,
    patronTitle: ({ members }) => members?.title,
    patronId: ({ id }) => id,
    identifier: ({ identifiers }, _, code) => identifiers.find(({ kind, active }) => active && kind === code)?.value,
    patronGroup: ({ group }) => group.code,
    patronGroupName: ({ group }) => nameOf(group),
    jobCategory: ({ members }) => members?.jobCategory?.code,
    jobCategoryName: ({ members }) => nameOf(members?.jobCategory),
    jobDescription: ({ members }) => members?.jobDescription,
    campus: ({ members }) => members?.campus?.code,
    campusName: ({ members }) => nameOf(members?.campus),
    statistics: ({ members }, _, code) => members?.statistics?.find(({ kind }) => kind === code)?.category.code,
    statisticsAll: ({ members }) => members?.statistics?.map(({ category }) => category.code).join(' '),
    patronNote: ({ members }) => members?.notes?.join(' '),
    patronLanguage: ({ language }) => language,
    birthDate: ({ birthDate }) => birthDate.replaceAll('-', ''),
    cardExpires: ({ expires }, { timeZone }) => expires && formatDate(expires, timeZone).slice(0, 8),
    cardExpiresReadable: ({ expires }, context) => humanDate(expires, context),
    email: ({ contact }) => preferred(contact.emails)?.address,
    phone: ({ contact }) => preferred(contact.phones)?.number,
    postalCode: ({ contact }) => preferred(contact.addresses)?.postalCode,
    balance: ({ balance }) => formatAmount(balance),
  },
  item: {
    barcode: ({ barcode }) => barcode,
    title: ({ title }) => title,
    author: ({ author }) => author,
    callNumber: ({ callNumber }) => callNumber,
    description: ({ description }) => description,
    titleId: ({ ids }) => ids?.titleId,
    isbn: ({ members }) => members?.isbn,
    materialType: ({ materialType }) => materialType,
    materialTypeName: ({ members, materialType }) => members?.materialTypeName ?? materialType,
    itemPolicy: ({ policy }) => policy.code,
    itemPolicyName: ({ policy }) => nameOf(policy),
    owningLibrary: ({ owningLibrary }) => owningLibrary.code,
    owningLibraryName: ({ owningLibrary }) => nameOf(owningLibrary),
    location: ({ permanentLocation }) => permanentLocation.code,
    locationName: ({ permanentLocation }) => nameOf(permanentLocation),
    currentLocation: ({ currentLocation }) => currentLocation.code,
    publicNote: ({ members }) => members?.publicNote,
    internalNote1: ({ members }) => members?.internalNote1,
    internalNote2: ({ members }) => members?.internalNote2,
    internalNote3: ({ members }) => members?.internalNote3,
    statisticsNote1: ({ members }) => members?.statisticsNote1,
    statisticsNote2: ({ members }) => members?.statisticsNote2,
    statisticsNote3: ({ members }) => members?.statisticsNote3,
    storageLocation: ({ members }) => members?.storageLocation,
    inventoryNumber: ({ members }) => members?.inventoryNumber,
    pages: ({ members }) => members?.pages,
    pieces: ({ members }) => members?.pieces,
    fulfilmentNote: ({ fulfilmentNote }) => fulfilmentNote,
  },
  loan: {
    barcode: ({ itemBarcode }) => itemBarcode,
    title: ({ title }) => title,
    author: ({ author }) => author,
    callNumber: ({ callNumber }) => callNumber,
    due: ({ due }, context) => dueDate(due, context),
    dueReadable: ({ due }, context) => humanDate(due, context),
    itemPolicy: ({ policy }) => policy.code,
    itemPolicyName: ({ policy }) => nameOf(policy),
    owningLibrary: ({ library }) => library.code,
    owningLibraryName: ({ library }) => nameOf(library),
    location: ({ location }) => location.code,
    locationName: ({ location }) => nameOf(location),
  },
  hold: {
    barcode: ({ itemBarcode }) => itemBarcode,
    title: ({ title }) => title,
    author: ({ author }) => author,
    pickup: ({ pickup }) => pickup.name || pickup.library,
    queuePosition: ({ queuePosition }) => queuePosition?.toString(),
    holdExpires: ({ expires }, context) => humanDate(expires, context),
  },
  fee: {
    feeId: ({ id }) => id,
    amount: ({ balance }) => formatAmount(balance),
    originalAmount: ({ original }) => formatAmount(original),
    currency: ({ balance }) => balance.currency,
    feeType: ({ type }) => type.code,
    feeTypeName: ({ type }) => nameOf(type),
    feeDate: ({ createdAt }, context) => humanDate(createdAt, context),
    barcode: ({ itemBarcode }) => itemBarcode,
    title: ({ title }) => title,
  },
  routing: {
    destination: ({ destination }) => destination,
    requesterName: ({ requester }) => requester?.name,
    requesterId: ({ requester }) => requester?.patronId,
  },
}

const order: readonly (keyof Subjects)[] = ['patron', 'loan', 'item', 'hold', 'fee', 'routing']

/** The value of a name, empty when what it is about is not at hand or has none. The first subject that has it counts. */
export function readName(name: string, code: string, subjects: Subjects, context: ReplyContext): string {
  const ofTerminal = readers.terminal as Readonly<Record<string, Reader<undefined>>>
  if (Object.hasOwn(ofTerminal, name)) return ofTerminal[name]?.(undefined, context, code) ?? ''
  for (const subject of order) {
    const thing = subjects[subject]
    // A thing is only ever handed to the readers of its own kind.
    const own = readers[subject] as unknown as Readonly<Record<string, Reader<unknown>>>
    if (thing === undefined || !Object.hasOwn(own, name)) continue
    const value = own[name]?.(thing, context, code) ?? ''
    if (value !== '') return value
  }
  return ''
}

const nameOf = (coded: CodedName | undefined): string | undefined => coded?.name || coded?.code

const preferred = <T extends { readonly preferred: boolean }>(all: readonly T[]): T | undefined =>
  all.find((one) => one.preferred) ?? all[0]

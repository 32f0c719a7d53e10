/** Who and what takes part in the demonstration: all from the simulator's sample library. */

export const institution = { id: 'demo', agency: '01DEMO_INST', name: 'Demo University' } as const

export interface DemoTerminal {
  readonly name: string
  readonly user: string
  readonly password: string
  readonly library: string
  readonly circulationDesk: string
  readonly profile: string
  readonly note: string
}

export const kiosk: DemoTerminal = {
  name: 'kiosk-entrance',
  user: 'kiosk',
  password: 'kiosk-demo',
  library: 'MAIN',
  circulationDesk: 'SELFCHECK',
  profile: 'plain',
  note: 'self-check kiosk',
}

export const terminals: readonly DemoTerminal[] = [
  kiosk,
  {
    name: 'kiosk-garden',
    user: 'kiosk-de',
    password: 'kiosk-de-demo',
    library: 'MAIN',
    circulationDesk: 'SELFCHECK',
    profile: 'german',
    note: 'in German, asks for PIN',
  },
  {
    name: 'sorter',
    user: 'sorter',
    password: 'sorter-demo',
    library: 'MAIN',
    circulationDesk: 'DEFAULT_CIRC_DESK',
    profile: 'sorter',
    note: 'sorter with bins',
  },
]

export interface DemoPartner {
  readonly name: string
  readonly agency: string
  readonly key: string
  readonly library: string
  readonly circulationDesk: string
  /** FromSystemId and OnBehalfOfAgency of a storage system. */
  readonly storage?: { readonly systemId: string; readonly desk: string }
  readonly note: string
}

export const broker: DemoPartner = {
  name: 'broker',
  agency: '01BROKER',
  key: 'broker-demo-key',
  library: 'MAIN',
  circulationDesk: 'DEFAULT_CIRC_DESK',
  note: 'resource sharing: every service',
}

export const partners: readonly DemoPartner[] = [
  broker,
  {
    name: 'depot',
    agency: '01DEPOT',
    key: 'depot-demo-key',
    library: 'MAIN',
    circulationDesk: 'DEPOT_DESK',
    storage: { systemId: 'NCIP_REMOTE_STORAGE', desk: 'MAIN.DEPOT_DESK' },
    note: 'remote storage: CheckInItem, CheckOutItem',
  },
]

export interface DemoPatron {
  readonly barcode: string
  readonly id: string
  readonly name: string
  readonly note: string
}

export const anna: DemoPatron = {
  barcode: '21234000000001',
  id: 'anna.becker',
  name: 'Anna Becker',
  note: 'loans, holds, owes 2.40 EUR',
}

export const jonas: DemoPatron = {
  barcode: '21234000000002',
  id: 'jonas.weber',
  name: 'Jonas Weber',
  note: 'no loans; PIN correct-horse-7',
}

export const patrons: readonly DemoPatron[] = [
  anna,
  jonas,
  { barcode: '21234000000003', id: 'mia.schulz', name: 'Mia Schulz', note: 'the card has expired' },
  { barcode: '21234000000004', id: 'lukas.hoffmann', name: 'Lukas Hoffmann', note: 'blocked: card reported lost' },
  { barcode: '21234000000006', id: 'paul.neumann', name: 'Paul Neumann', note: 'as many loans as allowed' },
  { barcode: '21234000000007', id: 'emma.koch', name: 'Emma Koch', note: 'owes several fees' },
  {
    barcode: '21234000000008',
    id: 'zofia.wisniewska',
    name: 'Zofia Wiśniewska-Müller',
    note: 'for your character set',
  },
]

export interface DemoItem {
  readonly barcode: string
  readonly title: string
  readonly note: string
}

export const rose: DemoItem = { barcode: '31234000000001', title: 'The Name of the Rose', note: 'on the open shelf' }
export const bridges: DemoItem = {
  barcode: '31234000000002',
  title: 'A Short History of Bridges',
  note: 'on the open shelf',
}
export const science: DemoItem = {
  barcode: '31234000000003',
  title: 'Introduction to Library Science',
  note: 'on the open shelf',
}
export const creatures: DemoItem = {
  barcode: '31234000000009',
  title: 'Deep Sea Creatures',
  note: 'lent to Anna, renewable',
}
export const encyclopaedia: DemoItem = {
  barcode: '31234000000019',
  title: 'Encyclopaedia of Bridges',
  note: 'reference, not for loan',
}

export const items: readonly DemoItem[] = [
  rose,
  bridges,
  science,
  { barcode: '31234000000006', title: 'Grundkurs Statistik', note: 'by Öztürk, Ayşe' },
  creatures,
  { barcode: '31234000000011', title: 'Modern Electromagnetics', note: 'lent to Anna, requested' },
  { barcode: '31234000000012', title: 'The Art of Gardens', note: 'on the hold shelf for Anna' },
  encyclopaedia,
  { barcode: '31234000000020', title: 'Annals of the Academy, 1890', note: 'in the remote depot' },
  {
    barcode: '31234000000023',
    title: 'The Physics of Bells',
    note: 'of the branch library',
  },
]

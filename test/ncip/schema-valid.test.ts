/**
 * Every answer of a set that covers each service, each Problem and each 2.x is validated with xmllint against the
 * schema of 2.02, and requests of other implementations are read.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { refusalReasons, refused } from '../../src/circulation/outcome.ts'
import type { Outcome } from '../../src/circulation/outcome.ts'
import { itemElementTypes, userElementTypes } from '../../src/ncip/spec/schemes.ts'
import { servedServices, unservedServices } from '../../src/ncip/spec/services.ts'
import {
  type FakeAnswers,
  samplePatron,
  sampleFee,
  sampleHold,
  sampleItem,
  sampleLoan,
} from '../helpers/fake-library-system.ts'
import {
  item,
  itemElements,
  ncipPartner,
  post,
  problemIn,
  request,
  requestRef,
  startNcip,
  user,
  userElements,
} from '../helpers/ncip.ts'

const data = join(import.meta.dirname, '../../../shared/data')
const schemas = {
  '2.0': join(data, 'ncip-schemas/ncip_v2_0.xsd'),
  '2.01': join(data, 'ncip-schemas/ncip_v2_01.xsd'),
  '2.02': join(data, 'ncip-schemas/ncip_v2_02.xsd'),
}
const samples = join(data, 'ncip-samples/v2')

const noXmllint = spawnSync('xmllint', ['--version']).error !== undefined
const missing = noXmllint ? 'xmllint' : (Object.values(schemas).find((schema) => !existsSync(schema)) ?? '')
const skip = missing === '' ? false : `not there: ${missing}`

function validate(t: Test, answers: readonly string[], version: keyof typeof schemas = '2.02'): void {
  const folder = t.testdir()
  const files = answers.map((xml, index) => {
    const file = join(folder, `${version}-${index}.xml`)
    writeFileSync(file, xml)
    return file
  })
  const options = ['--noout', '--nonet', '--schema', schemas[version]]
  const { status, stderr } = spawnSync('xmllint', [...options, ...files], { encoding: 'utf8' })
  const faults = stderr.split('\n').filter((line) => line !== '' && !line.endsWith(' validates'))
  t.equal(faults.join('\n'), '', `${answers.length} answers are valid by ${version}`)
  t.equal(status, 0, 'xmllint says so')
}

const everything = userElements(...userElementTypes) + itemElements(...itemElementTypes)
const lists = '<LoanedItemsDesired/><RequestedItemsDesired/><UserFiscalAccountDesired/>'
const contents: Record<(typeof servedServices)[number], string> = {
  LookupUser: user() + everything + lists,
  LookupItem: item() + everything,
  CheckOutItem: `${user()}${item()}${requestRef()}<DesiredDateDue>2026-12-01</DesiredDateDue>${everything}`,
  CheckInItem: item() + everything,
  RenewItem: user() + item() + everything,
  RequestItem: user() + item() + everything,
  CancelRequestItem: user() + requestRef() + everything,
}

const always =
  <T>(outcome: Outcome<T>) =>
  async () =>
    outcome

t.test('answers with everything that can be asked', { skip }, async (t) => {
  const answers: string[] = []
  const block = {
    code: 'B',
    description: '',
    note: '',
    expires: new Date(),
    forbids: { loan: true, renew: true, hold: true },
  }
  const routing = { to: 'transit', destination: 'Law', reason: 'hold', requester: undefined } as const
  const full = await startNcip({
    answers: {
      patrons: {
        find: always({ kind: 'done', value: { ...samplePatron, blocks: [block, { ...block, expires: undefined }] } }),
      },
      items: {
        find: always({ kind: 'done', value: { ...sampleItem, state: 'on-loan', requested: true, due: new Date() } }),
        scanIn: always({ kind: 'done', value: { item: sampleItem, routing } }),
      },
    },
  })
  for (const version of ['2.0', '2.01', '2.02'] as const) {
    const ofVersion: string[] = []
    for (const service of servedServices) {
      const answer = await post(full, request(service, contents[service], { version }))
      t.equal(problemIn(answer), undefined, `${service} ${version}`)
      ofVersion.push(answer.xml)
    }
    validate(t, ofVersion, version)
    answers.push(...ofVersion)
  }
  validate(t, answers)
})

const nothing = { code: '', name: '' }
const bare: FakeAnswers = {
  patrons: {
    find: always({
      kind: 'done',
      value: {
        ...samplePatron,
        identifiers: [],
        name: { first: '', middle: '', last: '', preferredFirst: '' },
        group: nothing,
        language: '',
        birthDate: '',
        expires: undefined,
        active: false,
        contact: {
          addresses: [{ lines: [], city: '', region: '', postalCode: '', country: '', preferred: false, kind: '' }],
          emails: [{ address: '', preferred: false, kind: '' }],
          phones: [],
        },
      },
    }),
  },
  loans: {
    ofPatron: always({
      kind: 'done',
      value: {
        entries: [
          { ...sampleLoan, due: undefined, title: '', itemIds: undefined, itemBarcode: '' },
          { ...sampleLoan, title: '', itemIds: undefined },
        ],
        total: 2,
      },
    }),
    create: always({
      kind: 'done',
      value: { ...sampleLoan, due: undefined, itemBarcode: '', patronId: '', title: '', author: '' },
    }),
    renew: always({ kind: 'done', value: { ...sampleLoan, due: undefined, itemIds: undefined } }),
    setDueDate: always({ kind: 'unknown', evidence: '' }),
  },
  items: {
    find: always({
      kind: 'done',
      value: {
        ...sampleItem,
        ids: undefined,
        title: '',
        author: '',
        callNumber: '',
        description: '',
        media: 'other',
        state: 'other',
        magnetic: false,
        owningLibrary: nothing,
        permanentLocation: nothing,
        currentLocation: nothing,
      },
    }),
  },
  holds: {
    ofPatron: always({
      kind: 'done',
      value: {
        entries: [
          {
            ...sampleHold,
            itemBarcode: '',
            titleId: '',
            title: '',
            queuePosition: 0,
            placedAt: undefined,
            expires: undefined,
            pickup: { library: '', circulationDesk: '', name: '' },
          },
        ],
        total: 1,
      },
    }),
    create: always({ kind: 'done', value: { ...sampleHold, itemBarcode: '', patronId: '' } }),
  },
  fees: {
    ofPatron: always({
      kind: 'done',
      value: {
        fees: [{ ...sampleFee, createdAt: undefined, title: '', itemBarcode: '', type: nothing }],
        total: sampleFee.balance,
      },
    }),
  },
}

t.test('answers with as little as a record can hold', { skip }, async (t) => {
  const app = await startNcip({ answers: bare })
  const answers: string[] = []
  for (const service of servedServices) {
    const answer = await post(app, request(service, contents[service]))
    t.equal(problemIn(answer), undefined, service)
    t.notMatch(answer.xml, /<ns1:(ItemOptionalFields|UserOptionalFields)(\/>|><\/)/)
    answers.push(answer.xml)
  }
  validate(t, answers)
})

t.test('Problems of every service', { skip }, async (t) => {
  const answers: string[] = []
  for (const reason of refusalReasons) {
    const no = async () => refused(reason, 'Words of the library & more')
    const app = await startNcip({
      answers: {
        patrons: { find: no },
        items: { find: no, scanIn: no },
        loans: { create: no, renew: no, ofPatron: no },
        holds: { create: no, ofPatron: no },
      },
    })
    for (const service of servedServices) answers.push((await post(app, request(service, contents[service]))).xml)
  }
  const app = await startNcip()
  for (const service of unservedServices) answers.push((await post(app, request(service, ''))).xml)
  for (const text of ['', 'x', '<a', '<a/>', '<NCIPMessage/>', request('Nonsense', ''), '<!DOCTYPE a><a/>']) {
    answers.push((await post(app, text)).xml)
  }
  for (const service of servedServices) answers.push((await post(app, request(service, ''))).xml)
  for (const from of ['', 'OTHER']) answers.push((await post(app, request('LookupItem', item(), { from, to: '' }))).xml)
  validate(t, answers)
})

t.test('answers to a storage system', { skip }, async (t) => {
  const app = await startNcip({ partner: { remoteStorage: {} } })
  const header = { fromSystem: 'NCIP_REMOTE_STORAGE', onBehalfOf: 'ANNEX.RD', profile: 'STORE' }
  const answers = [
    await post(app, request('CheckInItem', item(), header)),
    await post(app, request('CheckOutItem', item(), header)),
    await post(app, request('CheckOutItem', item(), { ...header, onBehalfOf: 'ANNEX' })),
  ]
  validate(
    t,
    answers.map(({ xml }) => xml),
  )
})

const noSamples = existsSync(samples) ? skip : `${samples} is missing`

t.test('messages of other implementations are read and answered', { skip: noSamples }, async (t) => {
  const files = readdirSync(samples).filter((file) => file.endsWith('.xml'))
  const texts = files.map((file) => readFileSync(join(samples, file)))
  const agencies = new Set(
    texts.flatMap((text) =>
      [...text.toString().matchAll(/FromAgencyId[^]{0,200}?AgencyId[^>]*>([^<]*)</g)].map(([, id]) => id?.trim() ?? ''),
    ),
  )
  const addressed = new Set(
    texts.flatMap((text) =>
      [...text.toString().matchAll(/ToAgencyId[^]{0,200}?AgencyId[^>]*>([^<]*)</g)].map(([, id]) => id?.trim() ?? ''),
    ),
  )
  const partners = [...agencies]
    .filter((agency) => agency !== '')
    .map((agency) => ({ ...ncipPartner, agency, addressedAs: ['01INST', ...addressed] as const }))
  const app = await startNcip({
    partners: [...new Map(partners.map((one) => [one.agency.toLowerCase(), one])).values()],
  })
  const answers: string[] = []
  let served = 0
  for (const [index, text] of texts.entries()) {
    const answer = await post(app, text)
    t.equal(answer.status, 200, `sample ${files[index]}`)
    answers.push(answer.xml)
    const type = problemIn(answer)?.type
    if (type === undefined || type === 'Unknown Item' || type === 'Unknown User' || type === 'Item Not Checked Out')
      served += 1
  }
  t.ok(served > 0, `${served} of ${files.length} reached the library system`)
  validate(t, answers)
})

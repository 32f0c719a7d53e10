/** The visit of Anna Becker at a self-check kiosk, over SIP2 and TLS. */
import { formatDate, parseDate } from '../../sip2/dates.ts'
import { type DescribedField, describe } from '../../sip2/describe.ts'
import { type Message, request } from '../../sip2/message.ts'
import { writeSummary } from '../../sip2/positions.ts'
import { type MessageSpec, messages, type ReplyTo, type RequestCode } from '../../sip2/spec/messages.ts'
import { builtInCatalogues } from '../../sip2/texts/texts.ts'
import type { Sip2Client } from '../sip2-client.ts'
import { anna, bridges, creatures, type DemoItem, encyclopaedia, institution, kiosk, rose } from './cast.ts'
import type { Library } from './library.ts'
import { type Check, check, type ShownMessage, type Step } from './step.ts'

const timeZone = 'Europe/Berlin'
const english = '001'
const mask = '****'
const transactionId = 'DEMO-RECEIPT-1'

/** @param client connected and not yet logged in */
export function makeKioskSteps(client: Sip2Client, library: Library): Step[] {
  const now = (): string => formatDate(new Date(), timeZone)
  const common = { AO: institution.agency, AC: '' }
  const patron = { ...common, AA: anna.barcode }

  function step<C extends RequestCode>(
    heading: string,
    budget: number,
    makeRequest: () => Message<C>,
    makeChecks: (reply: Message<ReplyTo<C>>) => Check[],
  ): Step {
    const play = async () => {
      const message = makeRequest()
      const { reply: expected }: MessageSpec = messages[message.code]
      const { sentLine, receivedLine, reply, durationMs, warnings } = await client.exchange(message)
      const checks =
        reply.code === expected
          ? makeChecks(reply as Message<ReplyTo<C>>)
          : [check(`the reply is a ${expected}`, false)]
      return {
        sent: show(message, sentLine),
        received: show(reply, receivedLine),
        durationMs,
        checks: [...checks, check('nothing had to be mended or sent again', warnings.length === 0)],
      }
    }
    return { heading, who: 'kiosk', budget, play }
  }

  const checkoutOf = (item: DemoItem) => (): Message<'11'> =>
    request(
      '11',
      { scRenewalPolicy: false, noBlock: false, transactionDate: now(), nbDueDate: '' },
      { ...patron, AB: item.barcode, AD: '', BO: 'N', BI: 'N' },
    )

  const checkout = (item: DemoItem): Step =>
    step(`Anna borrows "${item.title}"`, 1, checkoutOf(item), ({ fixed, fields }) => [
      check('the kiosk may hand it out and switch off its security', fixed.ok && fixed.desensitize === 'Y'),
      check('it is told the title', fields.AJ === item.title),
      check(
        `Alma holds the loan, made at desk ${kiosk.circulationDesk}`,
        library.isLent(item, anna, kiosk.circulationDesk),
      ),
      check('it is told the due date that Alma holds', isDue(fields.AH, item, library)),
    ])

  let dueBefore = 0
  return [
    step(
      'The kiosk logs in',
      0,
      () => request('93', { uidAlgorithm: '0', pwdAlgorithm: '0' }, { CN: kiosk.user, CO: kiosk.password, CP: '' }),
      ({ fixed }) => [check('the log-in is taken', fixed.ok)],
    ),
    step(
      'It asks what it may do',
      0,
      () => request('99', { statusCode: '0', maxPrintWidth: 40, protocolVersion: '2.00' }, {}),
      ({ fixed, fields }) => [
        check(
          'Alma is there, and the kiosk may lend and take back',
          fixed.onlineStatus && fixed.checkoutOk && fixed.checkinOk,
        ),
        check(
          `it is told the library: ${institution.name}`,
          fields.AM === institution.name && fields.AO === institution.agency,
        ),
      ],
    ),
    step(
      `${anna.name} scans her card`,
      1,
      () => request('23', { language: english, transactionDate: now() }, { ...patron, AD: '' }),
      ({ fixed, fields }) => [
        check('her card is good and denies her nothing', fields.BL === 'Y' && fixed.patronStatus.trim() === ''),
        check('her name and what she owes are those of Alma', fields.AE === anna.name && isOwed(fields.BV, library)),
      ],
    ),
    step(
      'She looks at her account and her loans',
      3,
      () =>
        request(
          '63',
          { language: english, transactionDate: now(), summary: writeSummary(['chargedItems']) },
          { ...patron, AD: '', BP: '1', BQ: '10' },
        ),
      ({ fixed, fields }) => [
        check('the list is that of Alma', isSameSet(fields.AU ?? [], library.loansOf(anna))),
        check('one loan is overdue', fixed.overdueItemsCount === 1),
        check('one hold is ready, one is not', fixed.holdItemsCount === 1 && fixed.unavailableHoldsCount === 1),
      ],
    ),
    checkout(rose),
    checkout(bridges),
    step(`She tries "${encyclopaedia.title}"`, 1, checkoutOf(encyclopaedia), ({ fixed, fields }) => [
      check('the kiosk must not hand it out', !fixed.ok && fixed.desensitize === 'N'),
      check('the screen says why', fields.AF?.[0] === builtInCatalogues.en.refused['item-not-loanable-here']),
      check('Alma holds no loan of it', library.loanOf(encyclopaedia) === undefined),
    ]),
    step(
      `She renews "${creatures.title}"`,
      1,
      () => {
        dueBefore = library.loanOf(creatures)?.dueAt ?? 0
        return request(
          '29',
          { thirdPartyAllowed: false, noBlock: false, transactionDate: now(), nbDueDate: '' },
          { ...patron, AB: creatures.barcode, AD: '', BO: 'N' },
        )
      },
      ({ fixed, fields }) => [
        check('it is renewed', fixed.ok && fixed.renewalOk),
        check('Alma holds a later due date', (library.loanOf(creatures)?.dueAt ?? 0) > dueBefore),
        check('she is told the due date that Alma holds', isDue(fields.AH, creatures, library)),
      ],
    ),
    step(
      'She pays what she owes',
      2,
      () =>
        request(
          '37',
          { transactionDate: now(), feeType: '04', paymentType: '00', currencyType: 'EUR' },
          { ...patron, AD: '', BV: '2.40', BK: transactionId },
        ),
      ({ fixed, fields }) => [
        check('the payment is taken', fixed.paymentAccepted && fields.BK === transactionId),
        check(
          'Alma has booked 2.40 EUR once, under the receipt of the kiosk',
          library.paidBy(anna, transactionId) === 240,
        ),
        check('she owes nothing any more', library.debtOf(anna) === 0),
      ],
    ),
    step(
      `She puts "${rose.title}" back`,
      1,
      () =>
        request(
          '09',
          { noBlock: false, transactionDate: now(), returnDate: now() },
          { ...common, AP: '', AB: rose.barcode, BI: 'N' },
        ),
      ({ fixed, fields }) => [
        check('it is taken back, nothing to look after', fixed.ok && !fixed.alert && fixed.resensitize),
        check('it belongs to the open stacks', fields.AQ === 'Open Stacks'),
        check(
          'Alma has ended the loan, and only this one',
          !library.loanOf(rose) && library.loanOf(bridges) !== undefined,
        ),
      ],
    ),
    step(
      'She leaves',
      0,
      () => request('35', { transactionDate: now() }, { ...patron, AD: '' }),
      ({ fixed }) => [check('the session is over', fixed.endSession)],
    ),
  ]
}

function isDue(shown: string | undefined, item: DemoItem, library: Library): boolean {
  const due = parseDate(shown ?? '', timeZone)?.getTime()
  const held = library.loanOf(item)?.dueAt
  return due !== undefined && held !== undefined && Math.trunc(due / 1000) === Math.trunc(held / 1000)
}

const isOwed = (shown: string | undefined, library: Library): boolean =>
  Number(shown) > 0 && Math.round(Number(shown) * 100) === library.debtOf(anna)

const isSameSet = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && new Set([...some, ...others]).size === some.length

function show(message: Message, raw: string): ShownMessage {
  const name = messages[message.code].name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return { name: `${message.code} ${name}`, raw, fields: describe(message).map(showField) }
}

/** Blanks of a fixed field are marked: each stands for something. */
function showField({ id, label, value, privacy, meaning }: DescribedField) {
  const shown = privacy === 'secret' && value !== '' ? mask : value
  return { id, label, value: id === '' && shown.trim() !== shown ? shown.replaceAll(' ', '·') : shown, meaning }
}

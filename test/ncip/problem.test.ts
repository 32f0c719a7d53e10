import t from 'tap'
import { refusalReasons, refused, unavailable, unavailableCauses, unknown } from '../../src/circulation/outcome.ts'
import { type Subject, isInVocabulary, problemOf, writeProblem } from '../../src/ncip/problem.ts'
import { servedServices } from '../../src/ncip/spec/services.ts'

const subject: Subject = {
  user: { identifier: 'P1', element: 'UserId' },
  item: 'B1',
  request: 'R1',
  pickup: 'MAIN',
  date: '2026',
}

t.test('every refusal has a value of the standard for every service, and all four parts', async (t) => {
  for (const service of servedServices) {
    for (const reason of refusalReasons) {
      for (const known of [subject, {}]) {
        const problem = problemOf(refused(reason), service, known)
        t.ok(isInVocabulary(problem.type, service), `${service} ${reason}: ${problem.type}`)
        const written = writeProblem(problem, service)
        t.match(written, {
          ProblemType: { value: /./, scheme: /^http:\/\/www\.niso\.org\/.*\.scm$/ },
          ProblemDetail: /./,
          ProblemElement: new RegExp(`^//${service}`),
          ProblemValue: /./,
        })
      }
    }
  }
})

t.test('the words that clients look for', async (t) => {
  const typeOf = (reason: (typeof refusalReasons)[number], service: (typeof servedServices)[number]) =>
    problemOf(refused(reason), service, subject).type
  t.equal(typeOf('item-unknown', 'CheckInItem'), 'Unknown Item')
  t.equal(typeOf('patron-unknown', 'LookupUser'), 'Unknown User')
  t.equal(typeOf('patron-pin-wrong', 'LookupUser'), 'User Authentication Failed')
  t.equal(typeOf('patron-blocked', 'CheckOutItem'), 'User Blocked')
  t.equal(typeOf('patron-not-eligible', 'CheckOutItem'), 'User Ineligible To Check Out This Item')
  t.equal(typeOf('loan-limit-reached', 'CheckOutItem'), 'Maximum Check Outs Exceeded')
  t.equal(typeOf('item-not-on-loan', 'RenewItem'), 'Item Not Checked Out')
  t.equal(typeOf('item-requested', 'RenewItem'), 'Renewal Not Allowed - Item Has Outstanding Requests')
  t.equal(typeOf('renewal-refused', 'RenewItem'), 'Item Not Renewable')
  t.equal(typeOf('hold-duplicate', 'RequestItem'), 'Duplicate Request')
  t.equal(typeOf('hold-unknown', 'CancelRequestItem'), 'Unknown Request')
})

t.test('what is not known is not called a failure', async (t) => {
  const problem = problemOf(unknown(), 'CheckOutItem', subject)
  t.equal(problem.type, 'Temporary Processing Failure')
  t.match(problem.detail, /not known whether/)
  for (const cause of unavailableCauses) {
    t.match(problemOf(unavailable(cause), 'CheckOutItem', subject), {
      type: 'Temporary Processing Failure',
      detail: /Nothing was changed/,
    })
  }
})

t.test("the library system's own words come first", async (t) => {
  t.equal(problemOf(refused('patron-blocked', 'Lost card'), 'CheckOutItem', subject).detail, 'Lost card')
})

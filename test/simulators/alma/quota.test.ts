/** Calls a second and a day [Alma: limits]. */
import t from 'tap'
import { Quota } from '../../../simulators/alma/transport/quota.ts'
import { mainDesk, startAlma } from './alma-caller.ts'

t.test('every answer tells what is left of the day', async (t) => {
  const alma = await startAlma(t, { dailyRemaining: 50 })
  t.equal((await alma.get('/conf/general')).headers['x-exl-api-remaining'], '49')
  t.equal((await alma.get('/users/nobody')).headers['x-exl-api-remaining'], '48', 'errors count and tell too')
  t.equal((await alma.get('/items?item_barcode=31234000000001')).headers['x-exl-api-remaining'], '47')
})

t.test('the per-second threshold refuses and executes nothing', async (t) => {
  const alma = await startAlma(t, { perSecond: 1 })
  t.equal((await alma.get('/conf/general')).status, 200)
  const refused = await alma.post('/users/anna.becker/loans?item_barcode=31234000000001', mainDesk)
  t.strictSame([refused.status, refused.code], [429, 'PER_SECOND_THRESHOLD'])
  t.match(refused.at('errorList.error.0.errorMessage'), /See https:\/\/goo\.gl\/2x1c1M $/)
  const call = alma.control.calls().at(-1)
  t.strictSame(
    [call?.operation, call?.executed, call?.status, call?.code],
    ['createLoan', false, 429, 'PER_SECOND_THRESHOLD'],
  )
  t.equal(alma.control.dump().loans.length, 7)
  alma.control.setQuota({ perSecond: 'none' })
  t.equal((await alma.get('/conf/general')).status, 200)
})

t.test('a second has its calls at once or spread, and gives them back as it passes', async (t) => {
  let now = 0
  const quota = new Quota({ perSecond: 25, remaining: 100 }, () => now)
  const taken = (): number => {
    for (let count = 0; ; count += 1) {
      try {
        quota.take()
      } catch {
        return count
      }
    }
  }
  t.equal(taken(), 25)
  now = 200
  t.equal(taken(), 5)
  now = 10_000
  t.equal(taken(), 25, 'no more than a second can be saved')
  t.equal(quota.remaining, 45, 'refused calls cost nothing')
})

t.test('the daily threshold', async (t) => {
  const alma = await startAlma(t, { dailyRemaining: 1 })
  t.equal((await alma.get('/conf/general')).status, 200)
  const refused = await alma.get('/conf/general')
  t.strictSame([refused.status, refused.code], [429, 'DAILY_THRESHOLD'])
  t.equal(refused.headers['x-exl-api-remaining'], '0')
  alma.control.setQuota({ remaining: 10 })
  t.equal((await alma.get('/conf/general')).headers['x-exl-api-remaining'], '9')
})

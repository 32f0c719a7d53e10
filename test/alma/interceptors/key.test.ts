import t from 'tap'
import type { Dispatcher } from 'undici'
import { keyInterceptor } from '../../../src/alma/interceptors/key.ts'

const origin = 'https://api-eu.hosted.exlibrisgroup.com'

function headersFor(target: string): unknown {
  let seen: unknown
  const dispatch = keyInterceptor(
    origin,
    'l8xxTESTKEY',
  )((options, _handler) => {
    seen = options.headers
    return true
  })
  const options: Dispatcher.DispatchOptions = {
    origin: target,
    path: '/almaws/v1/users/jdoe',
    method: 'GET',
    headers: { accept: 'application/json' },
  }
  dispatch(options, {})
  t.same(options.headers, { accept: 'application/json' }, 'the caller keeps its own headers')
  return seen
}

t.test('the key goes to the gateway and to no other host', async (t) => {
  t.same(headersFor(origin), { accept: 'application/json', authorization: 'apikey l8xxTESTKEY' })
  t.same(headersFor('https://elsewhere.example'), { accept: 'application/json' })
})

t.test('a key that cannot be a header value is refused without being told', async (t) => {
  for (const key of ['', 'SECRET KEY', 'SECRET\n', 'SECRETü']) {
    try {
      keyInterceptor(origin, key)
      t.fail('should have thrown')
    } catch (error) {
      t.notMatch(String(error), /SECRET/)
    }
  }
})

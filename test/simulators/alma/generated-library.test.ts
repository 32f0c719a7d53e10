/** A large library that is made as it is used. */
import t from 'tap'
import { mainDesk, startAlma } from './alma-caller.ts'

t.test('items and patrons can be computed from their number', async (t) => {
  const alma = await startAlma(t, { generate: 200_000 })
  t.equal(alma.control.dump().items.length, 27, 'nothing is made before it is used')
  const item = await alma.get(await alma.itemPath('31000000200000'))
  t.equal(item.at('item_data.barcode'), '31000000200000')
  t.equal(item.at('item_data.location.value'), 'STACKS')
  t.equal((await alma.get('/items?item_barcode=31000000200001')).code, '401689')
  t.equal((await alma.get('/items?item_barcode=31000000000000')).code, '401689')
  t.equal((await alma.get('/users/29000000020000')).at('primary_id'), 'patron0020000')
  t.equal((await alma.get('/users/PATRON0000007')).at('user_identifier.0.value'), '29000000000007')
  t.equal((await alma.get('/users/29000000020001')).code, '401861')
  t.equal((await alma.get('/users/29000000000007?user_id_type=UNIV_ID')).code, '401890')
})

t.test('a generated object keeps what happened to it', async (t) => {
  const alma = await startAlma(t, { generate: 100 })
  const loan = await alma.post('/users/29000000000003/loans?item_barcode=31000000000042', mainDesk)
  t.equal(loan.status, 200)
  t.equal((await alma.get('/users/patron0000003/loans')).at('item_loan.0.loan_id'), loan.at('loan_id'))
  const again = await alma.post('/users/29000000000004/loans?item_barcode=31000000000042', mainDesk)
  t.equal(again.code, '401651')
  const path = await alma.itemPath('31000000000042')
  const back = await alma.post(`${path}?op=scan&library=MAIN&circ_desk=SELFCHECK`)
  t.match(back.at('additional_info'), 'Reshelve to Open Stacks')
  t.equal(alma.control.dump().items.length, 28)
})

t.test('by any of its keys, always the same object', async (t) => {
  const alma = await startAlma(t, { generate: 100 })
  const path = await alma.itemPath('31000000000009')
  alma.control.reset()
  const [title = ''] = path.split('/holdings')
  t.equal((await alma.get(`${title}/holdings/ALL/items`)).at('item.0.item_data.barcode'), '31000000000009')
  alma.control.reset()
  t.equal((await alma.get(path)).at('item_data.barcode'), '31000000000009')
  await alma.put(path, { item_data: { barcode: 'OTHER' } })
  t.equal((await alma.get('/items?item_barcode=31000000000009')).code, '401689')
  t.equal((await alma.get('/users')).at('total_record_count'), 18, 'eight and ten')
})

/** The XML form of answers and bodies [Alma: JSON and XML mapping]. */
import t from 'tap'
import { renderXml } from '../../../simulators/alma/render/xml.ts'
import { readBody } from '../../../simulators/alma/transport/request-body.ts'

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

t.test('codes become text with attributes', async (t) => {
  const xml = renderXml('item_loan', {
    library: { value: 'MAIN', desc: 'Main' },
    location_code: { value: 'S', name: 'Stacks' },
    item_policy: { value: '01', description: 'Normal' },
    return_circ_desk: { value: null, desc: null },
    loan_status: 'ACTIVE',
    renewable: true,
    description: null,
  })
  t.equal(
    xml,
    `${head}<item_loan><library desc="Main">MAIN</library><location_code name="Stacks">S</location_code>` +
      '<item_policy description="Normal">01</item_policy><return_circ_desk/>' +
      '<loan_status>Active</loan_status><renewable>true</renewable></item_loan>',
  )
})

t.test('lists stand in their wrappers, totals and links are attributes', async (t) => {
  t.equal(
    renderXml('user', {
      link: 'http://x',
      user_identifier: [{ value: '1', id_type: { value: 'B' }, segment_type: 'External' }],
      contact_info: { email: [{ email_address: 'a@b', preferred: true, email_type: [{ value: 'work' }] }], phone: [] },
    }),
    `${head}<user link="http://x"><user_identifiers><user_identifier segment_type="External"><value>1</value>` +
      '<id_type>B</id_type></user_identifier></user_identifiers><contact_info><emails><email preferred="true">' +
      '<email_address>a@b</email_address><email_types><email_type>work</email_type></email_types></email></emails>' +
      '</contact_info></user>',
  )
  t.equal(renderXml('item_loans', { total_record_count: 0 }), `${head}<item_loans total_record_count="0"/>`)
})

t.test('text that XML cannot carry', async (t) => {
  t.equal(renderXml('x', { title: 'a & b < c\u0007' }), `${head}<x><title>a &amp; b &lt; c</title></x>`)
})

t.test('bodies in XML have the members of those in JSON', async (t) => {
  t.strictSame(
    readBody(
      renderXml('user', {
        user_identifier: [
          { value: '1', note: 'n' },
          { value: '2', note: '' },
        ],
        last_name: '007',
      }),
    ),
    {
      user_identifier: [
        { value: '1', note: 'n' },
        { value: '2', note: '' },
      ],
      last_name: '007',
    },
  )
  t.strictSame(readBody('  '), {})
  t.strictSame(readBody('{"a":1}'), { a: 1 })
  for (const wrong of ['<a><b></a>', '{', '"text"', 'null', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']) {
    t.throws(() => readBody(wrong), { code: '401676' }, wrong)
  }
})

import t from 'tap'
import { fillFilter, fillUserDn } from '../../src/ldap/escape.ts'

t.test('in a filter what has a meaning is written as its code [RFC 4515 3]', async (t) => {
  t.equal(
    fillFilter('(|(uid={identifier})(x={identifier}))', 'a*(b)\\\0'),
    '(|(uid=a\\2a\\28b\\29\\5c\\00)(x=a\\2a\\28b\\29\\5c\\00))',
  )
  t.equal(fillFilter('(uid={identifier})', "$& $' é"), "(uid=$& $' é)")
})

t.test('in a DN as well [RFC 4514 2.4]', async (t) => {
  const template = 'uid={identifier},dc=example'
  t.equal(
    fillUserDn(template, ' a,b+c="d"<e>;f\\g\0 '),
    'uid=\\20a\\2cb\\2bc\\3d\\22d\\22\\3ce\\3e\\3bf\\5cg\\00\\20,dc=example',
  )
  t.equal(fillUserDn(template, '#1 #2'), 'uid=\\231 #2,dc=example')
})

t.test('a name that is no DN takes nothing that leads to another domain', async (t) => {
  t.equal(fillUserDn('{identifier}@example.org', 'anna.müller'), 'anna.müller@example.org')
  t.equal(fillUserDn('EXAMPLE\\{identifier}', 'anna'), 'EXAMPLE\\anna')
  for (const trick of ['anna@other.org', 'OTHER\\anna', 'a/b', 'a"b', 'a\nb']) {
    t.equal(fillUserDn('{identifier}@example.org', trick), undefined, trick)
  }
})

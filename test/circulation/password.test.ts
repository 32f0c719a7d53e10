import t from 'tap'
import type { Circulation } from '../../src/circulation/circulation.ts'
import { done, refused, unavailable } from '../../src/circulation/outcome.ts'
import { checkPassword } from '../../src/circulation/patron.ts'
import type { PasswordVerifier } from '../../src/circulation/ports.ts'
import { Visit } from '../../src/circulation/visit.ts'
import { makeCall } from '../helpers/call.ts'
import { fakeCirculation, rightPassword, samplePatron } from '../helpers/fake-library-system.ts'

function withDirectory(identifierKind?: string) {
  const asked: string[] = []
  const directory: PasswordVerifier = {
    identifierKind,
    verify: async (identifier, password) => {
      asked.push(identifier)
      return password === 'directory-pin' ? done(true) : refused('patron-pin-wrong')
    },
  }
  const circulation: Circulation = { ...fakeCirculation(), passwords: { directory } }
  const visit = new Visit(() => 0)
  const check = (password: string, identifier = 'P100') =>
    checkPassword(identifier, password, visit, circulation, makeCall(), 'directory')
  return { asked, circulation, visit, check }
}

t.test('the directory is asked, once a visit, and the library system is not', async (t) => {
  const { asked, check, circulation, visit } = withDirectory()
  t.match(await check('directory-pin'), done(true))
  t.match(await check('directory-pin'), done(true))
  t.match(await check(rightPassword), done(false), "the library system's own password is none here")
  t.match(await check(''), done(undefined), 'none was given')
  t.same(asked, ['P100', 'P100'])
  t.match(await checkPassword('P100', rightPassword, new Visit(() => 0), circulation, makeCall()), done(true))
  t.equal(visit.passwordChecked('P100', 'directory-pin'), undefined, 'one password is kept')
})

t.test('by the identifier that the directory knows', async (t) => {
  const primary = withDirectory('primary')
  t.match(await primary.check('directory-pin'), done(true))
  t.same(primary.asked, [samplePatron.id])
  const barcode = withDirectory('BARCODE')
  t.match(await barcode.check('directory-pin', samplePatron.id), done(true))
  t.same(barcode.asked, ['P100'])
  const missing = withDirectory('UNIV_ID')
  t.match(await missing.check('directory-pin'), done(false), 'a patron without one')
  t.match(await missing.check('directory-pin', 'nobody'), refused('patron-unknown'))
  t.same(missing.asked, [])
})

t.test('without a directory nothing is checked elsewhere instead', async (t) => {
  const checked = await checkPassword(
    'P100',
    rightPassword,
    new Visit(() => 0),
    fakeCirculation(),
    makeCall(),
    'directory',
  )
  t.match(checked, refused('not-configured'))
})

t.test('a directory that is away decides nothing, and is asked again', async (t) => {
  const { circulation, visit } = withDirectory()
  const outcomes = [unavailable('offline'), done(true as const)]
  const directory: PasswordVerifier = { identifierKind: undefined, verify: async () => outcomes.shift() ?? done(true) }
  const check = () =>
    checkPassword('P100', 'x', visit, { ...circulation, passwords: { directory } }, makeCall(), 'directory')
  t.match(await check(), unavailable('offline'))
  t.match(await check(), done(true))
})

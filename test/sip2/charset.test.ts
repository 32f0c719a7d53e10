import t from 'tap'
import { type Charset, charsets, decodeText, encodeText, fitText } from '../../src/sip2/charset.ts'

const fitted = (text: string, charset: Charset) => fitText(text, charset).text

t.test('bytes become the characters of their set', async (t) => {
  const bytes = Buffer.from([0x82, 0xe9, 0x41])
  t.equal(decodeText(bytes, 'cp850'), 'éÚA')
  t.equal(decodeText(bytes, 'windows-1252'), '‚éA')
  t.equal(decodeText(Buffer.from([0xe9, 0x41]), 'iso-8859-1'), 'éA')
  t.equal(decodeText(Buffer.from([0xc3, 0xa9, 0x41]), 'utf-8'), 'éA')
  t.equal(decodeText(bytes, 'ascii'), '\ufffd\ufffdA')
})

t.test('what a set holds goes out and comes back', async (t) => {
  const text = 'Ünïcödé ñ ç å ø ß æ'
  for (const charset of ['cp850', 'iso-8859-1', 'windows-1252', 'utf-8'] as const) {
    t.same(fitText(text, charset), { text, lossy: false }, charset)
    t.equal(decodeText(encodeText(text, charset), charset), text, charset)
  }
})

t.test('a letter with a separate accent is composed first', async (t) => {
  t.equal(fitted('e\u0301', 'cp850'), 'é')
  t.equal(fitted('e\u0301', 'utf-8'), 'é')
})

t.test('what a set lacks is folded, stripped of marks, transliterated, and ? at last', async (t) => {
  const cases: [string, Charset, string][] = [
    ['“a” ‘b’ – — … €', 'cp850', '"a" \'b\' - - ... EUR'],
    ['“a” – €', 'windows-1252', '“a” – €'],
    ['“a” €', 'iso-8859-1', '"a" EUR'],
    ['œuvre Œ', 'cp850', 'oeuvre OE'],
    ['Čapek, łódź, Erdős', 'cp850', 'Capek, lódz, Erdos'],
    ['Tiếng Việt', 'cp850', 'Tiêng Viêt'],
    ['Tiếng Việt', 'ascii', 'Tieng Viet'],
    ['Straße Ærø', 'ascii', 'Strasse AEro'],
    ['Толстой, Щедрин', 'cp850', 'Tolstoi, Shchedrin'],
    ['Όμηρος', 'cp850', 'Omiros'],
    ['ﬁ ２ ™ №', 'cp850', 'fi 2 TM No'],
    ['a\u00a0b\u202fc\u200bd', 'ascii', 'a b cd'],
    ['漢字 😀', 'cp850', '?? ?'],
    ['\u0301a', 'cp850', 'a'],
  ]
  for (const [text, charset, expected] of cases) t.equal(fitted(text, charset), expected, `${text} in ${charset}`)
})

t.test('no set holds a letter and a mark that make another letter', async (t) => {
  for (const charset of charsets.filter((each) => each !== 'utf-8')) {
    const held = decodeText(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), charset)
    const marks = held.match(/\p{Mark}/gu) ?? []
    const letters = held.match(/\p{L}/gu) ?? []
    const pairs = letters.flatMap((letter) => marks.map((mark) => letter + mark))
    t.same(
      pairs.filter((pair) => pair.normalize('NFC') !== pair),
      [],
      `${charset}: ${marks.length} marks`,
    )
  }
})

t.test('Hebrew and Arabic in their sets, and what a set lacks of their marks', async (t) => {
  t.equal(encodeText('שלום', 'windows-1255').toString('latin1'), '\xf9\xec\xe5\xed', 'logical order')
  t.equal(encodeText('שלום', 'cp862').toString('latin1'), '\x99\x8c\x85\x8d')
  t.equal(decodeText(encodeText('إعارة، لا؟', 'windows-1256'), 'windows-1256'), 'إعارة، لا؟')
  t.equal(decodeText(encodeText('إعارة، لا؟', 'iso-8859-6'), 'iso-8859-6'), 'إعارة، لا؟')
  t.equal(fitted('נוב׳ צה״ל', 'iso-8859-8'), 'נוב\' צה"ל')
  t.equal(fitted('١٢٫٥', 'windows-1256'), '12.5')
  t.equal(fitted('€ œ', 'iso-8859-15'), '€ œ')
})

t.test('half a character becomes ? in every set', async (t) => {
  for (const charset of charsets) t.equal(fitted('a\ud83d', charset), 'a?', charset)
})

t.test('a character that nobody fitted costs no more than itself', async (t) => {
  t.equal(encodeText('aČb', 'cp850').toString('latin1'), 'a?b')
})

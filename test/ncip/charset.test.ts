import t from 'tap'
import { decodeText } from '../../src/ncip/charset.ts'

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding)
const declared = (charset: string) => `<?xml version="1.0" encoding="${charset}"?><a>é</a>`

t.test('byte order mark, HTTP and declaration name the charset', async (t) => {
  t.match(decodeText(bytes('<a>é</a>'), undefined), { text: '<a>é</a>', warning: undefined })
  t.match(decodeText(bytes(declared('ISO-8859-1'), 'latin1'), undefined), { text: /é/, warning: undefined })
  t.match(decodeText(bytes('<a>é</a>', 'latin1'), 'iso-8859-1'), { text: '<a>é</a>', warning: undefined })
  t.match(decodeText(bytes('\ufeff<a>é</a>', 'utf16le'), 'utf-8'), { text: /<a>é<\/a>/ })
  t.match(decodeText(bytes('<a>é</a>', 'utf16le'), undefined), { text: '<a>é</a>' })
  t.match(decodeText(bytes(declared('UTF-16')), undefined), { text: /é/ }, 'bytes that are plainly not UTF-16')
})

t.test('where they disagree the bytes decide', async (t) => {
  t.match(decodeText(bytes(declared('ISO-8859-1')), 'utf-8'), { text: /é/, warning: 'charset-conflict' })
  t.match(decodeText(bytes(declared('ISO-8859-1'), 'latin1'), 'utf-8'), { text: /é/, warning: 'charset-conflict' })
})

t.test('bytes that are not what they claim are read all the same', async (t) => {
  t.match(decodeText(bytes('<a>é</a>', 'latin1'), undefined), { text: '<a>é</a>', warning: 'charset-wrong' })
  t.match(decodeText(bytes(declared('utf-8'), 'latin1'), 'utf-8'), { text: /é/, warning: 'charset-wrong' })
  t.match(decodeText(bytes(declared('x-nothing')), undefined), { text: /é/, warning: 'charset-wrong' })
  t.match(decodeText(bytes(declared('x-nothing'), 'latin1'), undefined), { kind: 'unknown-charset' })
})

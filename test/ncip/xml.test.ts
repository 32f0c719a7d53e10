import t from 'tap'
import { type XmlElement, buildXml, parseXml } from '../../src/ncip/xml.ts'

const limits = { maxElements: 1000, maxDepth: 64 }

function root(text: string): XmlElement {
  const parsed = parseXml(text, limits)
  if (parsed.kind !== 'parsed') throw new Error(parsed.code)
  return parsed.root
}

const faultOf = (text: string) => {
  const parsed = parseXml(text, limits)
  return parsed.kind === 'fault' ? parsed.code : 'parsed'
}

t.test('values stay as they were written', async (t) => {
  t.equal(root('<a>0071200</a>').text, '0071200', 'leading zeros')
  t.equal(root('<a> 1 </a>').text, ' 1 ', 'blanks')
  t.equal(root('<a>1e5</a>').text, '1e5', 'what looks like a number')
  t.equal(root('<a>true</a>').text, 'true')
})

t.test('references are decoded exactly once', async (t) => {
  t.equal(root('<a>&#233;&#xE9;&amp;&lt;&gt;&quot;&apos;</a>').text, 'éé&<>"\'')
  t.equal(root('<a>&amp;amp;</a>').text, '&amp;')
  t.equal(root('<a><![CDATA[&amp;<b>]]></a>').text, '&amp;<b>', 'and not in CDATA')
  t.equal(root('<a b="&#65;&amp;"/>').attributes.get('b'), 'A&')
  t.equal(root('<a>x&#1;&#0;&#xD800;&#1114112;y</a>').text, 'xy', 'what XML does not allow is dropped')
  t.equal(faultOf('<a>&nbsp;</a>'), 'malformed', 'only the five names of XML are known')
})

t.test('prefixes do not matter, declared or not', async (t) => {
  const message = root('<x:a xmlns:x="urn:x" x:version="2"><y:b>1</y:b><b>2</b></x:a>')
  t.equal(message.name, 'a')
  t.equal(message.attributes.get('version'), '2')
  t.same(
    message.children.map((child) => [child.name, child.text]),
    [
      ['b', '1'],
      ['b', '2'],
    ],
  )
})

t.test('mixed content keeps its own text', async (t) => {
  const mixed = root('<a>one<b>two</b>three<!-- not this --></a>')
  t.equal(mixed.text, 'onethree')
})

t.test('hostile and broken documents are told apart', async (t) => {
  const bomb = '<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><a>&y;</a>'
  t.equal(faultOf(bomb), 'doctype', 'billion laughs')
  t.equal(faultOf('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), 'doctype')
  t.equal(faultOf('<!-- <a> --><!doctype a><a/>'), 'doctype', 'behind a comment, in any case')
  t.equal(faultOf('<a>'.repeat(65) + '</a>'.repeat(65)), 'too-deep')
  t.equal(faultOf('<a>'.repeat(500) + '</a>'.repeat(500)), 'too-deep', 'the parser gives up by itself')
  t.equal(faultOf('<a>'.repeat(64) + '</a>'.repeat(64)), 'parsed')
  t.equal(faultOf('<a>'.repeat(100_000) + '</a>'.repeat(100_000)), 'too-many-elements')
  t.equal(faultOf(`<a>${'<b/>'.repeat(1000)}</a>`), 'too-many-elements')
  for (const text of ['', ' \r\n\t', '\ufeff']) t.equal(faultOf(text), 'empty')
  t.equal(faultOf('xml=%3Ca%2F%3E'), 'not-xml')
  for (const text of [
    '<a/><b/>',
    '<a></a>more',
    '<a><b></a></b>',
    '<a>',
    '<a b="1" b="2"/>',
    '<a b=1/>',
    '<a>a & b</a>',
    '<a><__proto__>x</__proto__></a>',
    '<a __proto__="x"/>',
    '<a><constructor/></a>',
    '<?xml version="1.0"?>',
    '<!-- only -->',
    '<',
    '<a',
  ]) {
    t.equal(faultOf(text), 'malformed', text)
  }
  t.equal(Object.getPrototypeOf({}), Object.prototype)
})

t.test('a fault says where, not what', async (t) => {
  const parsed = parseXml('<a>\n<secret></other></a>', limits)
  t.match(parsed, { kind: 'fault', position: /^line 2, column \d+$/ })
})

t.test('documents are written compactly, prefixed and without what XML forbids', async (t) => {
  const xml = buildXml({
    name: 'NCIPMessage',
    attributes: { version: '2.02' },
    content: [
      { name: 'Title', attributes: { Scheme: 'a"<b' }, content: 'x\u0001 <&> \ud800\ufffe😀' },
      { name: 'Flag', attributes: {}, content: '' },
    ],
  })
  t.equal(
    xml,
    '<?xml version="1.0" encoding="UTF-8"?>' +
      '<ns1:NCIPMessage xmlns:ns1="http://www.niso.org/2008/ncip" ns1:version="2.02">' +
      '<ns1:Title ns1:Scheme="a&quot;&lt;b">x &lt;&amp;&gt; 😀</ns1:Title><ns1:Flag/></ns1:NCIPMessage>',
  )
})

/** NCIP messages over HTTP that went wrong, and HTTP that is none. [NCIP 2.02] */
import { passwords } from '../helpers/bridge.ts'
import { item, itemElements, request, requestRef, user, userElements } from '../helpers/ncip.ts'
import { Random } from '../simulation/random.ts'
import { type Mutate, randomBytes } from './mutations.ts'
import { type Piece, split } from './sip2-cases.ts'
import { type Holding, maxBodyBytes } from './world.ts'

export interface HttpCase {
  readonly pieces: readonly Piece[]
  readonly finish: 'end' | 'tear'
  /** See `HttpExchange.owed`. */
  readonly owed: boolean
  /** The body, as the record of what may have been asked for. */
  readonly body: Buffer
}

const addressed = { to: '01DEMO_INST' }

const services: Readonly<Record<string, (random: Random, holding: Holding) => string>> = {
  LookupUser: (_, { card }) => user(card) + userElements('Name Information', 'User Privilege'),
  LookupItem: (random, { items }) => item(random.pick(items)) + itemElements('Circulation Status', 'Item Description'),
  CheckOutItem: (random, { card, items }) => user(card) + item(random.pick(items)),
  CheckInItem: (random, { items }) => item(random.pick(items)),
  RenewItem: (random, { card, items }) => user(card) + item(random.pick(items)),
  RequestItem: (random, { card, items }) =>
    `${user(card)}${item(random.pick(items))}<RequestType>Hold</RequestType><RequestScopeType>Item</RequestScopeType>`,
  CancelRequestItem: (_, { card }) => `${user(card)}${requestRef('R1')}<RequestType>Hold</RequestType>`,
  AcceptItem: (random, { items }) => requestRef() + item(random.pick(items)),
  UpdateUser: (_, { card }) => user(card),
}

function makeMessage(random: Random, holding: Holding): string {
  const service = random.pick(Object.keys(services))
  return request(service, services[service]?.(random, holding) ?? '', addressed)
}

const tag = /<[^<>]*>/g

/** Takes one of the tags by chance and puts something else in its place. */
const withTag = (xml: string, random: Random, change: (tag: string) => string): string => {
  const tags = [...xml.matchAll(tag)]
  if (tags.length === 0) return xml
  const { 0: found, index } = random.pick(tags)
  return xml.slice(0, index) + change(found) + xml.slice(index + found.length)
}

const nested = (depth: number): string => '<ns1:Ext>'.repeat(depth) + '</ns1:Ext>'.repeat(depth)

const xmlMutations: Readonly<Record<string, Mutate>> = {
  flip: (xml, random) => {
    const at = random.integer(0, xml.length - 1)
    return xml.slice(0, at) + String.fromCharCode(xml.charCodeAt(at) ^ (1 << random.integer(0, 6))) + xml.slice(at + 1)
  },
  cut: (xml, random) => xml.slice(0, random.integer(0, xml.length)),
  noise: (xml, random) => {
    const at = random.integer(0, xml.length)
    return xml.slice(0, at) + randomBytes(random, random.integer(1, 8)) + xml.slice(at)
  },
  dropTag: (xml, random) => withTag(xml, random, () => ''),
  doubleTag: (xml, random) => withTag(xml, random, (one) => one + one),
  renameTag: (xml, random) =>
    withTag(xml, random, (one) => one.replace(/[A-Z]\w*/, random.pick(['X', 'Problem', 'ItemId', '__proto__']))),
  attribute: (xml, random) => withTag(xml, random, (one) => one.replace(/(\/?>)$/, ' x="1" x="2" __proto__="3"$1')),
  deep: (xml, random) => withTag(xml, random, (one) => one + nested(random.pick([10, 70, 400]))),
  many: (xml, random) => withTag(xml, random, (one) => one + '<ns1:Ext/>'.repeat(random.pick([50, 1000]))),
  huge: (xml, random) =>
    withTag(xml, random, (one) => one + 'x'.repeat(random.pick([10_000, maxBodyBytes, 3 * maxBodyBytes]))),
  doctype: (xml) =>
    `<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d SYSTEM "file:///etc/passwd">]>${xml.replace(/>P|>3/, '>&d;')}`,
  laughs: (xml) => `<!doctype l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>${xml}`,
  entity: (xml, random) =>
    withTag(xml, random, (one) => `${one}${random.pick(['&d;', '&#0;', '&#x110000;', '&amp', '&#xD800;', '&lt;'])}`),
  cdata: (xml, random) => withTag(xml, random, (one) => `${one}<![CDATA[<x>&d;]]>`),
  comment: (xml, random) => withTag(xml, random, (one) => `${one}<!-- -- ${random.pick(['-->', '', '--->'])}`),
  instruction: (xml, random) => withTag(xml, random, (one) => `<?php x ?>${one}`),
  declaration: (xml, random) =>
    `<?xml version="1.${random.integer(0, 2)}" encoding="${random.pick(['utf-8', 'iso-8859-1', 'utf-16', 'x', 'IBM037'])}"?>${xml}`,
  twice: (xml) => xml + xml,
  space: (xml, random) => random.pick(['  \r\n', '\xef\xbb\xbf', '\0', '\xff\xfe']) + xml,
  wide: (xml) => Buffer.from(`\ufeff${xml}`, 'utf16le').toString('latin1'),
  foreignVersion: (xml, random) => xml.replace(/version="[^"]*"/, random.pick(['version="1.0"', '', 'version=""'])),
  form: (xml) =>
    `message=${encodeURIComponent(Buffer.from(xml, 'latin1').toString('latin1')).slice(0, maxBodyBytes - 100)}`,
  json: () => '{"NCIPMessage":{"__proto__":{}}}',
  nothing: () => '',
}
const names = Object.keys(xmlMutations)

const contentTypes = [
  'application/xml; charset=utf-8',
  'application/xml',
  'text/xml; charset=iso-8859-1',
  'application/xml; charset=utf-16',
  'application/xml; charset=none',
  'application/x-www-form-urlencoded',
  'application/json',
  'text/plain',
  'x',
  ';;;',
]

export const httpKinds = ['ncip', 'http'] as const

export function makeHttpCase(kind: (typeof httpKinds)[number], seed: number, holding: Holding): HttpCase {
  const random = new Random(seed)
  return kind === 'ncip' ? makeNcip(random, holding) : makeBroken(random, holding)
}

function makeNcip(random: Random, holding: Holding): HttpCase {
  let xml = makeMessage(random, holding)
  const times = random.pick([0, 1, 1, 1, 2, 3])
  for (let count = 0; count < times && xml !== ''; count += 1)
    xml = (xmlMutations[random.pick(names)] as Mutate)(xml, random)
  const body = Buffer.from(xml, 'latin1')
  const head =
    'POST /ncip HTTP/1.1\r\nhost: x\r\nconnection: close\r\n' +
    `x-circbridge-key: ${random.chance(0.95) ? passwords.broker : 'another'}\r\n` +
    `content-type: ${random.chance(0.6) ? contentTypes[0] : random.pick(contentTypes)}\r\ncontent-length: ${body.length}\r\n\r\n`
  const torn = random.chance(0.1)
  const pieces = split(random, Buffer.concat([Buffer.from(head, 'latin1'), body]), 20)
  // What is far too long is refused before its end, and a peer that still writes then may miss the answer.
  const owed = !torn && body.length <= maxBodyBytes
  return {
    pieces: torn ? pieces.slice(0, random.integer(1, pieces.length)) : pieces,
    finish: torn ? 'tear' : 'end',
    owed,
    body,
  }
}

const brokenHeads = [
  'GET /ncip HTTP/1.1\r\nhost: x\r\n\r\n',
  'PUT /ncip HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\nx',
  'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n',
  'POST /ncip HTTP/1.1\r\n\r\n',
  'POST /ncip HTTP/9.9\r\nhost: x\r\n\r\n',
  'POST /ncip HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
  'POST /ncip HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc',
  'POST /ncip HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n',
  'POST /%zz/../..//etc/passwd HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n',
  `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
  `POST /ncip HTTP/1.1\r\n${'x: y\r\n'.repeat(3000)}\r\n`,
  'NONSENSE\r\n\r\n',
]

function makeBroken(random: Random, holding: Holding): HttpCase {
  const text = random.pick([
    () => randomBytes(random, random.integer(1, 400)),
    () => random.pick(brokenHeads),
    () => {
      const head = random.pick(brokenHeads)
      const at = random.integer(0, head.length - 1)
      return head.slice(0, at) + randomBytes(random, random.integer(1, 4)) + head.slice(at + 1)
    },
    () => makeMessage(random, holding),
  ])()
  const body = Buffer.from(text, 'latin1')
  return {
    pieces: split(random, body, 20),
    finish: random.chance(0.8) ? 'end' : 'tear',
    owed: false,
    body: Buffer.alloc(0),
  }
}

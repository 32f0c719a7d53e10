/** Ways in which a line goes wrong. All lines are one byte a character. */
import { appendChecksum } from '../helpers/checksum.ts'
import type { Random } from '../simulation/random.ts'

export type Mutate = (line: string, random: Random) => string

const place = (line: string, random: Random): number => random.integer(0, line.length)

const insert = (line: string, at: number, text: string): string => line.slice(0, at) + text + line.slice(at)

const range = (line: string, random: Random): readonly [number, number] => {
  const begin = place(line, random)
  return [begin, Math.min(line.length, begin + random.integer(1, 20))]
}

export const randomBytes = (random: Random, length: number): string =>
  Array.from({ length }, () => String.fromCharCode(random.integer(0, 255))).join('')

const fieldsOf = (line: string): string[] => line.split('|')

/** Changes one of the fields. */
const withField = (line: string, random: Random, change: (field: string) => string): string => {
  const fields = fieldsOf(line)
  const at = random.integer(0, fields.length - 1)
  return fields.map((field, index) => (index === at ? change(field) : field)).join('|')
}

const fieldIds = ['AO', 'AA', 'AB', 'AC', 'AD', 'AY', 'AZ', 'AF', 'BV', 'CN', 'BI', 'ZZ', 'a\xff', '  ']
const codes = ['01', '09', '10', '11', '24', '63', '64', '65', '93', '96', '97', '98', '99', '00', 'AA', '\xff\xff']
const controls = ['\0', '\x01', '\x07', '\x1b', '\x7f', '\x85', '\t', '\x0b', '\x1a', '\ufeff'.slice(1)]
const foreignText = [
  '\xc3\xa4',
  '\xc3',
  '\xe2\x82',
  '\xf0\x9f\x98\x80',
  '\x84',
  '\xff',
  '\xed\xa0\x80',
  '\xc0\x80',
  '\xef\xbb\xbf',
]
const amounts = ['', '-1', '0', '0.001', '1,00', '99999999999999999999', '1e3', 'NaN', '\u0661'.slice(1), '1.2.3']
const lengths = [300, 1000, 2047, 2048, 2049, 5000]

export const mutations: Readonly<Record<string, Mutate>> = {
  flip: (line, random) => {
    const at = place(line, random)
    return (
      line.slice(0, at) + String.fromCharCode(line.charCodeAt(at) ^ (1 << random.integer(0, 7))) + line.slice(at + 1)
    )
  },
  cut: (line, random) => line.slice(0, place(line, random)),
  drop: (line, random) => {
    const [begin, end] = range(line, random)
    return line.slice(0, begin) + line.slice(end)
  },
  duplicate: (line, random) => {
    const [begin, end] = range(line, random)
    return insert(line, end, line.slice(begin, end))
  },
  noise: (line, random) => insert(line, place(line, random), randomBytes(random, random.integer(1, 6))),
  swapFields: (line, random) => {
    const fields = fieldsOf(line)
    const [one, other] = [random.integer(0, fields.length - 1), random.integer(0, fields.length - 1)]
    const first = fields[one] ?? ''
    fields[one] = fields[other] ?? ''
    fields[other] = first
    return fields.join('|')
  },
  repeatField: (line, random) => withField(line, random, (field) => `${field}|${field}`),
  renameField: (line, random) => withField(line, random, (field) => random.pick(fieldIds) + field.slice(2)),
  emptyField: (line, random) => withField(line, random, (field) => field.slice(0, 2)),
  longField: (line, random) => withField(line, random, (field) => field + 'x'.repeat(random.pick(lengths))),
  manyFields: (line, random) => line + `${random.pick(fieldIds)}|`.repeat(random.integer(1, 400)),
  fixedLonger: (line, random) =>
    insert(line, random.integer(2, Math.min(40, line.length)), random.pick(['0', ' ', 'Y', '9'])),
  fixedShorter: (line, random) => {
    const at = random.integer(2, Math.min(40, line.length))
    return line.slice(0, at) + line.slice(at + random.integer(1, 4))
  },
  otherCode: (line, random) => random.pick(codes) + line.slice(2),
  otherAmount: (line, random) => withField(line, random, (field) => field.slice(0, 2) + random.pick(amounts)),
  noDelimiters: (line) => line.replaceAll('|', ''),
  otherDelimiter: (line, random) => line.replaceAll('|', random.pick(['^', ',', '||', '\t'])),
  control: (line, random) => insert(line, place(line, random), random.pick(controls)),
  otherCharset: (line, random) => insert(line, place(line, random), random.pick(foreignText)),
  lineEnd: (line, random) => insert(line, place(line, random), random.pick(['\r', '\n', '\r\n', '\r\r\n\n'])),
  telnet: (line, random) =>
    random.pick(['\xff\xfd\x18', '\xff\xfb', '\xff\xfa\x18\x01\xff\xf0', `\xff\xfa${'s'.repeat(400)}`, '\xff']) + line,
  lowerCase: (line) => line.toLowerCase(),
  wrongChecksum: (line) => appendChecksum(line, 3).replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
  oddChecksum: (line, random) =>
    line + random.pick(['AZ', 'AY1AZ', 'AYAZ0000', 'AY12AZFFFF', 'AZZZZZ', 'AY1AZ00', 'AY9'.repeat(50)]),
}

const names = Object.keys(mutations)

/** Goes wrong in one way or in several. */
export function mutate(line: string, random: Random): string {
  let mutated = line
  for (let count = random.pick([1, 1, 1, 2, 3]); count > 0; count -= 1) {
    mutated = (mutations[random.pick(names)] as Mutate)(mutated, random)
  }
  return mutated
}

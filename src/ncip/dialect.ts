import type { XmlElement } from './xml.ts'

/** What a 2.x partner can read. */
export type MinorVersion = '2.0' | '2.01' | '2.02'

/** Which NCIP a message is written in. */
export interface Dialect {
  readonly family: 1 | 2
  readonly minor: MinorVersion
  /** The version attribute of the answer: the partner's own where it names a 2.x. */
  readonly version: string
}

/** For a message that names no version: what every 2.x reader understands. */
export const plainDialect: Dialect = {
  family: 2,
  minor: '2.0',
  version: 'http://www.niso.org/schemas/ncip/v2_0/imp1/xsd/ncip_v2_0.xsd',
}

/** Reads the version attribute of `NCIPMessage`, in any of its spellings: a schema's address, a DTD's, or a number. */
export function dialectOf(root: XmlElement): Dialect {
  const version = root.attributes.get('version')?.trim() ?? ''
  const [, major, minor = ''] = [...version.matchAll(/(?:^|v)(\d)[._](\d+)/g)].at(-1) ?? []
  if (major === '1') return { ...plainDialect, family: 1 }
  if (major !== '2' || !/^[\w./:+-]{1,200}$/.test(version)) return plainDialect
  return { family: 2, minor: minorOf(minor), version }
}

function minorOf(digits: string): MinorVersion {
  if (digits.endsWith('2')) return '2.02'
  return digits.endsWith('1') ? '2.01' : '2.0'
}

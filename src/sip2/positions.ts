/**
 * Fields of one character a position: patron status, summary and supported messages.
 */
import {
  type PatronStatusFlag,
  type Position,
  patronStatusPositions,
  type SummaryList,
  summaryPositions,
  supportedMessagePositions,
} from './spec/codes.ts'
import type { RequestCode } from './spec/messages.ts'

const summaryLength = 10

function read<N extends string>(value: string, positions: readonly (Position & { name: N })[]): Set<N> {
  return new Set(positions.filter((_, index) => value[index] === 'Y').map((position) => position.name))
}

function write<N extends string>(
  names: Iterable<N>,
  positions: readonly (Position & { name: N })[],
  off: string,
): string {
  const wanted = new Set<string>(names)
  return positions.map((position) => (wanted.has(position.name) ? 'Y' : off)).join('')
}

/** What a patron status denies or states. Anything but `Y` is false. */
export function readPatronStatus(value: string): Set<PatronStatusFlag> {
  return read(value, patronStatusPositions)
}

/** The 14 characters of a patron status: `Y` or blank. */
export function writePatronStatus(flags: Iterable<PatronStatusFlag>): string {
  return write(flags, patronStatusPositions, ' ')
}

/** The lists that a summary asks for: by the rule one at most, in the field none, one or several. */
export function readSummary(value: string): Set<SummaryList> {
  return read(value, summaryPositions)
}

/** The 10 characters of a summary. */
export function writeSummary(lists: Iterable<SummaryList>): string {
  return write(lists, summaryPositions, ' ').padEnd(summaryLength)
}

/** The requests that a BX promises. Positions beyond the sixteenth are passed over. */
export function readSupportedMessages(value: string): Set<RequestCode> {
  return new Set(supportedMessagePositions.filter((_, index) => value[index] === 'Y').map((position) => position.code))
}

/** The 16 characters of BX: `Y` or `N`. */
export function writeSupportedMessages(codes: Iterable<RequestCode>): string {
  const served = new Set<string>(codes)
  return supportedMessagePositions.map((position) => (served.has(position.code) ? 'Y' : 'N')).join('')
}

/** Patrons over Alma's Users API. */
import type { Block, CodedName, Contact, Patron, PatronMembers, PostalAddress } from '../circulation/model.ts'
import { done, type Outcome } from '../circulation/outcome.ts'
import type { Call, Clock, Patrons } from '../circulation/ports.ts'
import { type AlmaClient, reading } from './client.ts'
import type { AlmaConfig, BlockRule } from './config.ts'
import {
  type JsonObject,
  readCode,
  readCoded,
  readCount,
  readFlag,
  readList,
  readObject,
  readStatus,
  readText,
} from './json.ts'
import { readMoney } from './money.ts'
import { encode } from './path.ts'
import { readDay, readEnd } from './time.ts'

/** The role that makes a user a patron [Alma users: role types]. */
const patronRole = '200'

export function createPatrons(parts: {
  client: AlmaClient
  config: AlmaConfig
  clock: Clock
}): Omit<Patrons, 'block' | 'unblock'> {
  const { client, config, clock } = parts
  return {
    /** [Alma users: get user] One call, with the counts and the balance. */
    async find(identifier: string, call: Call): Promise<Outcome<Patron>> {
      const request = reading({
        operation: 'patron',
        template: '/users/{user_id}',
        segments: { user_id: identifier },
        query: { view: 'full', expand: 'loans,requests,fees' },
      })
      const reply = await client.send(request, call)
      if (reply.kind !== 'done') return reply.outcome
      const patron = readPatron(reply.value.body, config, clock.now())
      return patron.id === '' ? client.distrust(request).outcome : done(patron)
    },

    /** [Alma users: authenticate] Checks the password of an internal user; the others never pass. */
    async verifyPassword(identifier: string, password: string, call: Call): Promise<Outcome<true>> {
      const reply = await client.send(
        {
          operation: 'password',
          changes: false,
          expects: 'anything',
          method: 'POST',
          template: '/users/{user_id}',
          segments: { user_id: identifier },
          query: { op: 'auth' },
          headers: { 'exl-user-pw': encode(password) },
        },
        call,
      )
      return reply.kind === 'done' ? done(true) : reply.outcome
    },
  }
}

export function readPatron(user: JsonObject, config: AlmaConfig, now: Date): Patron {
  const { timeZone, currency } = config
  return {
    id: readText(user['primary_id']),
    identifiers: readList(user['user_identifier']).map((identifier) => ({
      kind: readCode(identifier['id_type']),
      value: readText(identifier['value']),
      active: isActive(identifier['status']),
    })),
    name: {
      first: readText(user['first_name']),
      middle: readText(user['middle_name']),
      last: readText(user['last_name']),
      preferredFirst: readText(user['pref_first_name']),
    },
    group: readCoded(user['user_group']),
    language: readCode(user['preferred_language']).replaceAll('_', '-'),
    birthDate: readDay(user['birth_date']),
    active: isActive(user['status']),
    expires: readEnd(user['expiry_date'], timeZone),
    mayBorrow: readList(user['user_role']).some((role) => isPatronRole(role, timeZone, now)),
    blocks: readList(user['user_block'])
      .filter((block) => isActive(block['block_status']))
      .map((block) => readBlock(block, config))
      .filter((block) => block.expires === undefined || block.expires > now),
    contact: readContact(readObject(user['contact_info'])),
    counts: {
      loans: readCount(readObject(user['loans'])['value']) ?? 0,
      holds: readCount(readObject(user['requests'])['value']) ?? 0,
    },
    balance: readMoney(readObject(user['fees'])['value'], currency) ?? { minor: 0, currency },
    members: readMembers(user),
  }
}

/** Of the notes only those that the patron may read: the others are of staff about them. */
function readMembers(user: JsonObject): PatronMembers | undefined {
  const title = readCoded(user['user_title']).name
  const jobCategory = coded(user['job_category'])
  const jobDescription = readText(user['job_description'])
  const campus = coded(user['campus_code'])
  const notes = readList(user['user_note'])
    .filter((note) => readFlag(note['user_viewable']) === true)
    .map((note) => readText(note['note_text']))
    .filter((note) => note !== '')
  const statistics = readList(user['user_statistic']).map((statistic) => ({
    kind: readCode(statistic['category_type']),
    category: readCoded(statistic['statistic_category']),
  }))
  const members = {
    ...(title !== '' && { title }),
    ...(jobCategory && { jobCategory }),
    ...(jobDescription !== '' && { jobDescription }),
    ...(campus && { campus }),
    ...(notes.length > 0 && { notes }),
    ...(statistics.length > 0 && { statistics }),
  }
  return Object.keys(members).length === 0 ? undefined : members
}

function coded(value: unknown): CodedName | undefined {
  const read = readCoded(value)
  return read.code === '' ? undefined : read
}

/** The mark at the beginning of a block's note tells that it was placed here. */
export const isMarked = (note: string, mark: string): boolean => mark !== '' && note.startsWith(mark)

/** Status codes differ in case; a record that names none is in force. */
export function isActive(status: unknown): boolean {
  const code = readStatus(status)
  return code === '' || code === 'ACTIVE'
}

function isPatronRole(role: JsonObject, timeZone: string, now: Date): boolean {
  if (readCode(role['role_type']) !== patronRole || !isActive(role['status'])) return false
  const expires = readEnd(role['expiry_date'], timeZone)
  return expires === undefined || expires > now
}

function readBlock(block: JsonObject, config: AlmaConfig): Block {
  const { code, name } = readCoded(block['block_description'])
  return {
    code,
    description: name,
    note: readText(block['block_note']),
    own: isMarked(readText(block['block_note']), config.options.blockMark),
    forbids: blockRule(code, readCode(block['block_type']), config.options.blocks),
    expires: readEnd(block['expiry_date'], config.timeZone),
  }
}

function blockRule(description: string, type: string, rules: AlmaConfig['options']['blocks']): BlockRule {
  if (Object.hasOwn(rules.byDescription, description)) return rules.byDescription[description] ?? rules.otherwise
  if (Object.hasOwn(rules.byType, type)) return rules.byType[type] ?? rules.otherwise
  return rules.otherwise
}

function readContact(contact: JsonObject): Contact {
  return {
    addresses: readList(contact['address']).map(readAddress),
    emails: readList(contact['email']).map((email) => ({
      address: readText(email['email_address']),
      preferred: readFlag(email['preferred']) ?? false,
      kind: firstCode(email['email_type']),
    })),
    phones: readList(contact['phone']).map((phone) => ({
      number: readText(phone['phone_number']),
      preferred: readFlag(phone['preferred']) ?? false,
      kind: firstCode(phone['phone_type']),
    })),
  }
}

function readAddress(address: JsonObject): PostalAddress {
  return {
    lines: ['line1', 'line2', 'line3', 'line4', 'line5']
      .map((line) => readText(address[line]))
      .filter((line) => line !== ''),
    city: readText(address['city']),
    region: readText(address['state_province']),
    postalCode: readText(address['postal_code']),
    country: readCoded(address['country']).name || readCode(address['country']),
    preferred: readFlag(address['preferred']) ?? false,
    kind: firstCode(address['address_type']),
  }
}

function firstCode(types: unknown): string {
  return readCode(readList(types)[0])
}

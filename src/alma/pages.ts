/** Reads lists page by page [Alma: paging]: at most 100 elements a call, the total in `total_record_count`. */
import { type Done, done } from '../circulation/outcome.ts'
import type { Call, Listed, Page } from '../circulation/ports.ts'
import type { AlmaClient, AlmaRequest } from './client.ts'
import { type JsonObject, readCount, readList } from './json.ts'
import type { NoAnswer } from './verdict.ts'

const largestPage = 100

/**
 * Reads the elements of a page of any size, of which `listLength` are the most that are ever read. An empty list has
 * no member at all.
 */
export async function readPages(
  client: AlmaClient,
  request: AlmaRequest,
  list: { member: string; page: Page; listLength: number },
  call: Call,
): Promise<Done<Listed<JsonObject>> | NoAnswer> {
  const wanted = Math.min(list.page.limit, list.listLength)
  const entries: JsonObject[] = []
  let total = 0
  do {
    const offset = list.page.offset + entries.length
    const limit = Math.min(largestPage, Math.max(1, wanted - entries.length))
    const reply = await client.send({ ...request, query: { ...request.query, limit, offset } }, call)
    if (reply.kind !== 'done') return reply
    const { body } = reply.value
    const page = readList(body[list.member])
    const count = readCount(body['total_record_count'])
    if (count === undefined && page.length === 0) return client.distrust(request)
    total = count ?? offset + page.length
    entries.push(...page.slice(0, wanted - entries.length))
    if (page.length === 0) break
  } while (entries.length < wanted && list.page.offset + entries.length < total)
  return done({ entries, total })
}

/**
 * Where a copy goes after it was scanned in. The item's process type in the same answer decides; the sentence in
 * `additional_info` only lends its names, because it changes with the language.
 */
import type { Routing } from '../circulation/model.ts'
import { type JsonObject, readCode, readObject, readStatus, readText } from './json.ts'

interface RoutingText {
  readonly destination: string
  readonly process: string
  readonly requester: { readonly patronId: string; readonly name: string } | undefined
}

const noText: RoutingText = { destination: '', process: '', requester: undefined }

/** Names may hold full stops, so the fixed labels divide the sentence. */
const sentence =
  /^Item's destination is: (.*)\. Request\/Process Type: (.*)\. Requester: (.*)\. Requester ID: (.*)\. Place in Queue: /s

const inPlace = '1'

export function readRouting(answer: JsonObject): Routing {
  const data = readObject(answer['item_data'])
  const text = readSentence(readText(answer['additional_info']))
  const { destination, requester } = text
  switch (readStatus(data['process_type'])) {
    case 'HOLDSHELF':
      return { to: 'hold-shelf', destination, reason: 'hold', requester }
    case 'REQUESTED':
      // Found for a patron at the pickup desk, which processes its hold shelf later.
      return { to: requester === undefined ? 'unknown' : 'hold-shelf', destination, reason: 'hold', requester }
    case 'TRANSIT':
    case 'TRANSIT_TO_REMOTE_STORAGE':
      return { to: 'transit', destination, reason: transitReason(text), requester }
    case 'WORK_ORDER_DEPARTMENT':
    case 'TECHNICAL':
    case 'ACQ':
      return { to: 'department', destination, reason: 'other', requester }
    case '':
      if (readCode(data['base_status']) !== inPlace) break
      return { to: 'shelf', destination, reason: requester === undefined ? 'none' : 'hold', requester }
  }
  return { to: 'unknown', destination, reason: requester === undefined ? 'other' : 'hold', requester }
}

/** A copy that travels without a requester goes home, unless another process sends it. */
function transitReason(text: RoutingText): Routing['reason'] {
  if (text.requester !== undefined) return 'hold'
  if (text === noText) return 'other'
  return text.process === '' || /reshelving/i.test(text.process) ? 'reshelving' : 'other'
}

function readSentence(info: string): RoutingText {
  const match = sentence.exec(info)
  if (match === null) return noText
  const [, destination = '', process = '', name = '', patronId = ''] = match
  return {
    destination: placeName(destination),
    process,
    requester: patronId === '' && name === '' ? undefined : { patronId, name },
  }
}

/** `Reshelve to Stacks` names the location Stacks, `Manage Locally (Bindery)` the department Bindery. */
function placeName(destination: string): string {
  const department = /^Manage Locally \((.*)\)$/s.exec(destination)?.[1]
  return department ?? destination.replace(/^Reshelve to /, '')
}

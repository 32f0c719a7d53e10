/** A patron's card that is blocked (01) and enabled (25); the rest of the record, blocks of others too, must stay. */
import { renderUser } from '../../simulators/alma/render/user.ts'
import type { User } from '../../simulators/alma/state/entities.ts'
import type { Store } from '../../simulators/alma/state/store.ts'
import { blockPatron, patronEnable } from '../helpers/raw-sip2.ts'
import {
  type Chance,
  type Errand,
  type Finding,
  Subject,
  compareRest,
  compareState,
  statesAfter,
  unsent,
} from './errand.ts'

interface CardErrand extends Errand {
  readonly kind: 'block-patron' | 'enable-patron'
  /** Of the block. */
  readonly note: string
}

/** As configured: see `machineProfile`. */
export const cardBlock = { type: 'GENERAL', description: '02-LOST' } as const
const mark = '[Circbridge] '

export class CardSubject extends Subject<CardErrand> {
  readonly card: string
  readonly #restBefore: unknown

  constructor(card: string, store: Store) {
    super()
    this.card = card
    const user = userOf(card, store)
    fill(user)
    this.#restBefore = read(user, store).rest
  }

  protected next(chance: Chance): CardErrand | undefined {
    const [notes = []] = statesAfter(this.errands, [], changed)
    const common = { ...unsent, patron: this.card, item: undefined, minor: undefined }
    if (notes.length > 0 && chance.chance(0.5)) {
      return { ...common, kind: 'enable-patron', note: '', write: (stamp) => patronEnable(this.card, '', stamp) }
    }
    const message = `found in aisle ${this.errands.length + 1}`
    const retained = chance.chance(0.5)
    return {
      ...common,
      kind: 'block-patron',
      note: retained ? `${message} (card retained)` : message,
      write: (stamp) => blockPatron(this.card, message, retained, stamp),
    }
  }

  protected compare(store: Store, errands: readonly CardErrand[]): Finding[] {
    const { notes, rest } = read(userOf(this.card, store), store)
    const about = `card ${this.card}`
    return [
      ...compareState(`the blocks of ${about}`, notes, statesAfter(errands, [], changed), errands),
      ...compareRest(`what else stands on ${about}`, this.#restBefore, rest),
    ]
  }
}

const changed = (notes: readonly string[], { kind, note }: CardErrand): readonly string[] =>
  kind === 'enable-patron' ? [] : [...notes, note]

function userOf(card: string, store: Store): User {
  const user = store.userByIdentifier(card, undefined, true)
  if (!user) throw new Error('Alma has no such patron')
  return user
}

/** Something in every list that a careless change would empty. */
function fill({ record }: User): void {
  const segment = { segment_type: 'Internal' }
  record.user_block = [
    {
      block_type: 'GENERAL',
      block_description: '04-ADDRESS',
      block_status: 'ACTIVE',
      block_note: 'moved',
      created_date: '2025-01-07T08:00:00Z',
      ...segment,
    },
  ]
  record['user_note'] = [{ note_type: 'CIRCULATION', note_text: 'keeps bees', user_viewable: true, ...segment }]
  record['user_statistic'] = [{ statistic_category: 'LOCAL', category_type: 'GENERAL', ...segment }]
  record['contact_info'] = {
    email: [{ email_address: 'reader@library.example', preferred: true, email_type: ['personal'], ...segment }],
  }
}

function read(user: User, store: Store): { readonly notes: readonly string[]; readonly rest: unknown } {
  const rendered = renderUser(user, store, { link: () => '', expand: new Set() })
  const isOwn = ({ block_note: note }: { readonly block_note?: unknown }): boolean => String(note).startsWith(mark)
  const blocks = (rendered['user_block'] ?? []) as { readonly block_note?: unknown }[]
  return {
    notes: blocks.filter(isOwn).map(({ block_note: note }) => String(note).slice(mark.length)),
    rest: { ...rendered, user_block: blocks.filter((block) => !isOwn(block)) },
  }
}

/** Into which bin a returned item falls: rules in order, the first of which every condition holds. */
import type { Item, Place, Routing } from '../circulation/model.ts'
import type { SortBinsConfig } from '../runtime/config/schema.ts'
import { isInRange } from './call-numbers.ts'

/** What rules may ask. What is not known is undefined, and no condition about it holds. */
export interface SortFacts {
  readonly destination: Routing['to']
  readonly requested: boolean | undefined
  /** Code and names of the library where the item must go. */
  readonly destinationLibrary: readonly string[]
  readonly circulationDesk: string
  readonly callNumber: string | undefined
  readonly library: string | undefined
  readonly location: string | undefined
  readonly materialType: string | undefined
  readonly policy: string | undefined
}

type SortRule = SortBinsConfig['rules'][number]
export type SortCondition = keyof SortRule['when']

/** What became of one rule: the first condition that does not hold, or none. */
export interface JudgedRule {
  readonly bin: string
  readonly failed: SortCondition | undefined
}

/** @param item undefined when nothing is known of it, as while the library system is away */
export function sortFactsOf(item: Item | undefined, routing: Routing, place: Place): SortFacts {
  return {
    destination: routing.to,
    requested: item && (item.requested ?? (routing.reason === 'hold' || routing.requester !== undefined)),
    destinationLibrary: item ? destinationLibraryOf(item, routing, place) : [],
    circulationDesk: place.circulationDesk,
    callNumber: item?.callNumber,
    library: item?.owningLibrary.code,
    location: item?.permanentLocation.code,
    materialType: item?.materialType,
    policy: item?.policy.code,
  }
}

/** The bin for CL; undefined when no rule holds and there is no default. */
export const chooseBin = (facts: SortFacts, config: SortBinsConfig): string | undefined =>
  config.rules.find((rule) => failedCondition(rule, facts) === undefined)?.bin ?? config.default

/** Every rule with what kept it from holding, for whoever wonders about a bin. */
export const judgeRules = (facts: SortFacts, { rules }: SortBinsConfig): readonly JudgedRule[] =>
  rules.map((rule) => ({ bin: rule.bin, failed: failedCondition(rule, facts) }))

/** As the scan said; where it said nothing, an item that stays is at home here and one on the hold shelf is here. */
function destinationLibraryOf({ owningLibrary }: Item, routing: Routing, place: Place): readonly string[] {
  const { to, library, destination } = routing
  if (to === 'department' || to === 'unknown') return []
  if (library) return [library.code, library.name].filter((name) => name !== '')
  if (to === 'shelf') return [owningLibrary.code, owningLibrary.name]
  if (to === 'hold-shelf') return [place.library]
  return destination === '' ? [] : [destination]
}

function failedCondition({ when }: SortRule, facts: SortFacts): SortCondition | undefined {
  const { requested, callNumber } = when
  const tests: Readonly<Record<SortCondition, boolean>> = {
    destination: isAmong(facts.destination, when.destination),
    requested: requested === undefined || facts.requested === requested,
    destinationLibrary: when.destinationLibrary?.some((one) => facts.destinationLibrary.includes(one)) ?? true,
    circulationDesk: isAmong(facts.circulationDesk, when.circulationDesk),
    callNumber: callNumber === undefined || (facts.callNumber !== undefined && isInRange(facts.callNumber, callNumber)),
    library: isAmong(facts.library, when.library),
    location: isAmong(facts.location, when.location),
    materialType: isAmong(facts.materialType, when.materialType),
    policy: isAmong(facts.policy, when.policy),
  }
  return (Object.keys(tests) as SortCondition[]).find((condition) => !tests[condition])
}

const isAmong = (value: string | undefined, allowed: readonly string[] | undefined): boolean =>
  allowed === undefined || (value !== undefined && allowed.includes(value))

export interface QueuedEvent {
  /** Virtual milliseconds. */
  readonly at: number
  readonly owner: string
  readonly label: string
  readonly run: () => void
  cancelled: boolean
}

interface Slot {
  readonly event: QueuedEvent
  readonly order: number
}

const isBefore = (a: Slot, b: Slot): boolean =>
  a.event.at < b.event.at || (a.event.at === b.event.at && a.order < b.order)

/** Events by their time, those of one moment in the order in which they were added. A binary heap. */
export class EventQueue {
  #heap: Slot[] = []
  #added = 0

  add(event: QueuedEvent): QueuedEvent {
    const heap = this.#heap
    this.#added += 1
    const slot = { event, order: this.#added }
    let at = heap.push(slot) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above] as Slot
      if (!isBefore(slot, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = slot
    return event
  }

  /** The first event that was not cancelled, when it is due by `untilMs`. */
  take(untilMs: number): QueuedEvent | undefined {
    for (;;) {
      const first = this.#heap[0]
      if (first === undefined) return undefined
      if (!first.event.cancelled && first.event.at > untilMs) return undefined
      this.#removeFirst()
      if (!first.event.cancelled) return first.event
    }
  }

  cancelAll(owner: string): void {
    for (const { event } of this.#heap) if (event.owner === owner) event.cancelled = true
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop() as Slot
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Slot, heap[child] as Slot)) child += 1
      if (!isBefore(heap[child] as Slot, last)) break
      heap[at] = heap[child] as Slot
      at = child
    }
    heap[at] = last
  }
}

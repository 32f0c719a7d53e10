/** What went wrong on purpose, by kind. */
export class FaultCount {
  readonly counts = new Map<string, number>()

  add(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
  }
}

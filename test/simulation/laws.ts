/** What must hold whatever goes wrong, and how often it was looked at. */
export const laws = {
  'one-answer': 'Law 1: one well-formed reply to each request, in order and in time',
  once: 'Law 2: a change is made at most once',
  kept: 'Law 2: what was acknowledged happens, or waits for a person',
  money: 'Law 3: no payment that was acknowledged is lost, none is booked twice',
  truth: 'Law 4: nothing is told to have failed that happened',
  settled: 'Law 4: every unknown end is settled, or waits for a person',
  private: 'Law 5: no barcode and no card number is logged',
  fair: 'Law 6: no background call goes before a waiting patron',
  order: 'What was promised is carried out in the order in which it happened',
  state: 'What Alma holds in the end is what the machines said',
  sound: 'No error of a program, and nothing that never ends',
} as const

export type Law = keyof typeof laws

export interface Breach {
  readonly law: Law
  readonly text: string
}

export class LawBook {
  readonly breaches: Breach[] = []
  readonly checks = new Map<Law, number>()

  check(law: Law, holds: boolean, text: () => string): void {
    this.checks.set(law, (this.checks.get(law) ?? 0) + 1)
    if (!holds) this.breaches.push({ law, text: text() })
  }
}

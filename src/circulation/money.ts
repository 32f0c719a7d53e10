import type { Money } from './model.ts'

const digitsByCurrency = new Map<string, number>()

/** Digits after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number {
  let digits = digitsByCurrency.get(currency)
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
    digitsByCurrency.set(currency, digits)
  }
  return digits
}

/** Decimal form with a point and no grouping: `12.50`. */
export function formatAmount({ minor, currency }: Money): string {
  const digits = minorDigits(currency)
  const sign = minor < 0 ? '-' : ''
  const all = Math.abs(minor)
    .toString()
    .padStart(digits + 1, '0')
  return digits === 0 ? sign + all : `${sign}${all.slice(0, -digits)}.${all.slice(-digits)}`
}

/** Reads `12.50`, `12,5` or `12`; undefined for anything else and for more digits than the currency has. */
export function parseAmount(text: string, currency: string): Money | undefined {
  const match = /^(\d{1,12})(?:[.,](\d+))?$/.exec(text.trim())
  if (!match) return undefined
  const digits = minorDigits(currency)
  const fraction = (match[2] ?? '').replace(/0+$/, '')
  if (fraction.length > digits) return undefined
  return { minor: Number(match[1]) * 10 ** digits + Number(fraction.padEnd(digits, '0') || 0), currency }
}

/** Amounts: Alma writes decimals, circulation counts minor units. No amount passes through binary fractions. */
import type { Money } from '../circulation/model.ts'

const digitsOf = new Map<string, number>()

/** Decimal places of a currency: JPY 0, EUR 2, KWD 3. */
export function minorDigits(currency: string): number {
  let digits = digitsOf.get(currency)
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
    digitsOf.set(currency, digits)
  }
  return digits
}

/** Reads a decimal as number or text; what is smaller than a minor unit is rounded half away from zero. */
export function readMoney(value: unknown, currency: string): Money | undefined {
  const text = typeof value === 'number' ? writeNumber(value) : typeof value === 'string' ? value.trim() : ''
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = ''] = match
  const digits = minorDigits(currency)
  const kept = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  const minor = kept + (fraction.charAt(digits) >= '5' ? 1 : 0)
  if (!Number.isSafeInteger(minor)) return undefined
  return { minor: sign === '-' && minor !== 0 ? -minor : minor, currency }
}

/** `1250` EUR becomes `12.50`. */
export function formatMoney(money: Money): string {
  const digits = minorDigits(money.currency)
  const sign = money.minor < 0 ? '-' : ''
  const text = String(Math.abs(money.minor)).padStart(digits + 1, '0')
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** The shortest decimal of a number, without an exponent. */
function writeNumber(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(10) : text
}

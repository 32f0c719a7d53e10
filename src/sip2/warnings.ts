/**
 * The closed lists of what the codec forgives and of what it mends.
 */

/** What a received message did against the rules and was forgiven. */
export const decodeWarnings = [
  'charset-invalid',
  'checksum-code-points',
  'checksum-empty',
  'checksum-not-last',
  'delimiter-after-fixed-part',
  'delimiter-missing',
  'field-empty-segment',
  'field-id-invalid',
  'field-repeated',
  'fixed-field-invalid',
  'fixed-part-long',
  'fixed-part-short',
  'sequence-invalid',
] as const
export type DecodeWarning = (typeof decodeWarnings)[number]

/** What had to be done to a value before it could be sent. */
export const encodeWarnings = [
  'character-replaced',
  'field-id-invalid',
  'fixed-field-invalid',
  'value-cleaned',
  'value-cut',
] as const
export type EncodeWarning = (typeof encodeWarnings)[number]

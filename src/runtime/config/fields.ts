/** Kinds of value that several sections of the configuration share. */
import { isIP } from 'node:net'
import { z } from 'zod'
import { Secret, secretReferencePattern } from './secret.ts'

/**
 * Gives a key its title, description and unit, from which the JSON schema and the reference are made. Applied last,
 * so that the default is part of what is described.
 */
export function setting<T extends z.ZodType>(schema: T, title: string, description: string, unit?: string): T {
  return schema.meta({ title, description, ...(unit === undefined ? {} : { unit }) })
}

/** A length of time in milliseconds. */
export function milliseconds(min: number, max: number): z.ZodInt {
  return z.int().min(min).max(max)
}

export function count(min: number, max = 1_000_000): z.ZodInt {
  return z.int().min(min).max(max)
}

/** A name of our own: safe in logs, metrics and URLs. */
export const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'must be a name of 1 to 64 letters, digits, dots, dashes or underscores that begins with a letter or digit',
})

/** A code of the library system: library, circulation desk, location, policy. */
export const code = z.string().regex(/^[\x21-\x7e\u00a1-\uffff][\x20-\x7e\u00a1-\uffff]{0,99}$/, {
  error: 'must be a code of 1 to 100 printable characters; quote a code made of digits only',
})

/** A library alone, or one of its desks. */
export const pickupPlace = z.string().regex(/^[^.\s]+(\.[^.\s]+)?$/, {
  error: 'must be a library, or a library and a desk joined by a dot: LIB or LIB.DESK',
})

export const text = z.string().trim().min(1).max(255)

/** 0 takes a free port. */
export const port = z.int().min(0).max(65_535)

export const networkAddress = z
  .string()
  .refine((value) => isIP(value) !== 0, { error: 'must be an IPv4 or IPv6 address, such as 0.0.0.0 or ::' })

export const network = z.string().refine(isNetwork, {
  error: 'must be an address or a network in CIDR form, such as 10.1.2.0/24 or 2001:db8::/32',
})

/** Of a certificate, as `openssl x509 -fingerprint -sha256` prints it. */
export const fingerprint = z.string().regex(/^(([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{64})$/, {
  error: 'must be a SHA-256 fingerprint: 32 bytes in hexadecimal, with or without colons',
})

/** One value or a list of them; the result is always a list. */
export function oneOrMany<T extends z.ZodType>(element: T) {
  return z.union([element, z.array(element).min(1)]).transform((value) => (Array.isArray(value) ? value : [value]))
}

/** A value that must not be written into the file itself. */
export const secret = z
  .string()
  .regex(secretReferencePattern, {
    error: 'must not stand in this file: write env:NAME for an environment variable or file:PATH for a file',
  })
  .transform((reference) => new Secret(reference))

/** An argon2id hash as `circbridge hash-password` prints it, or a reference to one. */
export const passwordHash = z
  .string()
  .regex(/^(\$argon2id\$v=19\$\S+|env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, {
    error: 'must be an argon2id hash as "circbridge hash-password" prints it, or a reference to one, never a password',
  })
  .transform((value) => (value.startsWith('$') ? new Secret('[hash in the file]', value) : new Secret(value)))

/**
 * For a refinement that must speak up although other keys of the object are wrong. What it compares may then be no
 * number at all: it asks for the fault, which no such value meets, and not for its absence.
 */
export function isObjectPayload(payload: { readonly value: unknown }): boolean {
  return typeof payload.value === 'object' && payload.value !== null
}

function isNetwork(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  if (prefix === undefined) return true
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)
}

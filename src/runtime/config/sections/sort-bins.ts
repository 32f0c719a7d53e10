import { z } from 'zod'
import { code, oneOrMany, setting, text } from '../fields.ts'

const destinations = ['shelf', 'hold-shelf', 'transit', 'department', 'unknown'] as const

export const callNumberSchemes = ['lc', 'dewey', 'plain'] as const

const callNumber = z
  .strictObject({
    from: setting(text.optional(), 'From', 'First call number of the range. Without it the range has no beginning.'),
    to: setting(
      text.optional(),
      'To',
      'Last call number of the range, and all that begins with it. Without it the range has no end.',
    ),
    scheme: setting(
      z.enum(callNumberSchemes).default('lc'),
      'Scheme',
      'How call numbers are ordered: by Library of Congress, by Dewey, or as plain text in which numbers count as numbers.',
    ),
  })
  .refine(({ from, to }) => from !== undefined || to !== undefined, { error: 'needs from, to or both' })

const sortRule = z.strictObject({
  bin: setting(text, 'Bin', 'What the machine is told in CL.'),
  when: setting(
    z.strictObject({
      destination: setting(
        oneOrMany(z.enum(destinations)).optional(),
        'Destination',
        'Where the item must go, one or a list.',
      ),
      requested: setting(z.boolean().optional(), 'Requested', 'Whether somebody waits for the item.'),
      destinationLibrary: setting(
        oneOrMany(code).optional(),
        'Destination library',
        'Code or name of the library where the item must go, one or a list.',
      ),
      circulationDesk: setting(
        oneOrMany(code).optional(),
        'Circulation desk',
        'Code of the desk of the terminal, one or a list.',
      ),
      callNumber: setting(callNumber.optional(), 'Call number', 'Range in which the call number lies.'),
      library: setting(oneOrMany(code).optional(), 'Library', 'Code of the owning library, one or a list.'),
      location: setting(oneOrMany(code).optional(), 'Location', 'Code of the permanent location, one or a list.'),
      materialType: setting(oneOrMany(code).optional(), 'Material type', "Alma's material type code, one or a list."),
      policy: setting(oneOrMany(code).optional(), 'Item policy', 'Code of the item policy, one or a list.'),
    }),
    'Condition',
    'All that is named here must hold; an empty condition always holds.',
  ),
})

export const sortBins = z.strictObject({
  rules: setting(z.array(sortRule).default([]), 'Rules', 'In order; the first whose condition holds is taken.'),
  default: setting(text.optional(), 'Default bin', 'Bin when no rule holds; without it CL is not sent.'),
})

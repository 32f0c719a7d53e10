import { z } from 'zod'
import { code, setting } from '../fields.ts'

/** Alma's own codes. */
export const patronBlock = z.strictObject({
  type: setting(code, 'Type', "Code in Alma's table of block types, such as GENERAL."),
  description: setting(code, 'Description', "Code of the block in Alma's table of block descriptions."),
})

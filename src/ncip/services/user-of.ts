import { findPatron } from '../../circulation/patron.ts'
import type { Content } from '../spec/elements.ts'
import type { UserElementType } from '../spec/schemes.ts'
import type { ServiceContext } from './service.ts'
import { userFields } from './user-fields.ts'

/**
 * What was asked of the user beside the service itself. The service is done by then, so a user who cannot be read is
 * left out of the answer.
 */
export async function readUserFields(
  identifier: string,
  asked: ReadonlySet<UserElementType>,
  context: ServiceContext,
): Promise<Content<'UserOptionalFields'> | undefined> {
  if (asked.size === 0) return undefined
  const found = await findPatron(identifier, context.visit, context.circulation, context.call)
  return found.kind === 'done' ? userFields(found.value, asked, context) : undefined
}

import type { NcipRequest } from '../message.ts'
import type { ServedService } from '../spec/services.ts'
import { cancelRequestItem } from './cancel-request-item.ts'
import { checkInItem } from './check-in-item.ts'
import { checkOutItem } from './check-out-item.ts'
import { lookupItem } from './lookup-item.ts'
import { lookupUser } from './lookup-user.ts'
import { renewItem } from './renew-item.ts'
import { requestItem } from './request-item.ts'
import type { Answer, Service, ServiceContext } from './service.ts'

const services: { readonly [S in ServedService]: Service<S> } = {
  LookupUser: lookupUser,
  LookupItem: lookupItem,
  CheckOutItem: checkOutItem,
  CheckInItem: checkInItem,
  RenewItem: renewItem,
  RequestItem: requestItem,
  CancelRequestItem: cancelRequestItem,
}

export function serve(request: NcipRequest, context: ServiceContext): Promise<Answer> {
  const service = services[request.service] as (request: NcipRequest, context: ServiceContext) => Promise<Answer>
  return service(request, context)
}

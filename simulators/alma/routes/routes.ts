/** Every route of the API, one area after the other. */
import type { Route } from '../transport/route.ts'
import { confRoutes } from './conf.ts'
import { feeRoutes } from './fees.ts'
import { feeTransactionRoutes } from './fee-transactions.ts'
import { itemRoutes } from './items.ts'
import { loanRoutes } from './loans.ts'
import { requestOptionRoutes } from './request-options.ts'
import { requestRoutes } from './requests.ts'
import { scanRoutes } from './scan.ts'
import { taskListRoutes } from './task-lists.ts'
import { testRoutes } from './test.ts'
import { userRoutes } from './users.ts'

export const routes: readonly Route[] = [
  ...testRoutes,
  ...userRoutes,
  ...loanRoutes,
  ...itemRoutes,
  ...scanRoutes,
  ...requestRoutes,
  ...requestOptionRoutes,
  ...feeRoutes,
  ...feeTransactionRoutes,
  ...confRoutes,
  ...taskListRoutes,
]

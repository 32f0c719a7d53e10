/** Mistakes in what is told of loans, returns, payments, the journal and the line. */
import { errandMutants } from './errand-mutants.ts'
import { mutantNames } from './mutants.ts'
import { testMutants } from './test-mutants.ts'

testMutants(mutantNames.filter((name) => !Object.hasOwn(errandMutants, name)))

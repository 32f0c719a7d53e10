/** Mistakes in what is neither a loan nor a return nor a plain payment. */
import { errandMutants } from './errand-mutants.ts'
import { mutantNames } from './mutants.ts'
import { testMutants } from './test-mutants.ts'

testMutants(mutantNames.filter((name) => Object.hasOwn(errandMutants, name)))

import t from 'tap'
import { countTests } from '../../scripts/count-tests.ts'

const cases = [
  { name: 'plain points', tap: 'ok 1 - a\nnot ok 2 - b\nok 3\n1..3\n', counts: { passed: 2, failed: 1 } },
  {
    name: 'a subtest counts by its leaves',
    tap: '# Subtest: file\n    ok 1 - a\n    not ok 2 - b\n    1..2\nnot ok 1 - file\nok 2 - other\n1..2\n',
    counts: { passed: 2, failed: 1 },
  },
  {
    name: 'a file that crashed counts once',
    tap: '# Subtest: file\n    ok 1 - a\n    1..1\nnot ok 1 - file\n# Subtest: empty\n    1..0\nnot ok 2 - empty\n1..2\n',
    counts: { passed: 1, failed: 2 },
  },
  {
    name: 'skipped and to-do points',
    tap: 'ok 1 - a # SKIP\nnot ok 2 - b # TODO\nok 3\n',
    counts: { passed: 1, failed: 0 },
  },
  {
    name: 'words in diagnostics are no points',
    tap: 'not ok 1 - a\n  ---\n  diff: |\n    ok 1 - x\n    not ok 2\n  ...\nok 2\n',
    counts: { passed: 1, failed: 1 },
  },
  { name: 'nothing', tap: '', counts: { passed: 0, failed: 0 } },
]

for (const { name, tap, counts } of cases) {
  t.test(name, async (t) => t.same(countTests(tap), counts))
}

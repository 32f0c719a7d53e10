import t from 'tap'
import { GroupCommit } from '../../src/journal/group-commit.ts'

t.test('what comes in one turn, and while the disk is busy, shares a commit', async (t) => {
  const groups: number[][] = []
  const first = Promise.withResolvers<void>()
  const commits = new GroupCommit<number>(async (writes) => {
    groups.push([...writes])
    if (groups.length === 1) await first.promise
  })
  const early = [commits.add(1), commits.add(2)]
  while (groups.length === 0) await new Promise(setImmediate)
  const late = [commits.add(3), commits.add(4)]
  await new Promise(setImmediate)
  t.same(groups, [[1, 2]], 'one commit at a time')
  first.resolve()
  await Promise.all([...early, ...late])
  t.same(groups, [
    [1, 2],
    [3, 4],
  ])
  await commits.idle()
})

t.test('a commit that fails fails its own writes alone', async (t) => {
  let count = 0
  const commits = new GroupCommit<number>(async () => {
    count += 1
    if (count === 1) throw new Error('disk')
  })
  const settled = await Promise.allSettled([commits.add(1), commits.add(2)])
  t.same(
    settled.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  await commits.add(3)
  t.equal(count, 2)
})

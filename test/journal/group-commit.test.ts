import t from 'tap'
import { GroupCommit } from '../../src/journal/group-commit.ts'

t.test('what comes in one turn, and while the disk is busy, shares a commit', async (t) => {
  const groups: number[][] = []
  const first = Promise.withResolvers<void>()
  const commits = new GroupCommit<number, number>(async (writes) => {
    groups.push([...writes])
    if (groups.length === 1) await first.promise
    return writes.map((write) => write * 10)
  })
  const early = [commits.add(1), commits.add(2)]
  while (groups.length === 0) await new Promise(setImmediate)
  const late = [commits.add(3), commits.add(4)]
  await new Promise(setImmediate)
  t.same(groups, [[1, 2]], 'one commit at a time')
  first.resolve()
  t.same(await Promise.all([...early, ...late]), [10, 20, 30, 40], 'each gets its own result')
  t.same(groups, [
    [1, 2],
    [3, 4],
  ])
  await commits.idle()
})

t.test('a commit that fails fails its own writes alone', async (t) => {
  let count = 0
  const commits = new GroupCommit<number, void>(async () => {
    count += 1
    if (count === 1) throw new Error('disk')
    return []
  })
  const settled = await Promise.allSettled([commits.add(1), commits.add(2)])
  t.same(
    settled.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  await commits.add(3)
  t.equal(count, 2)
})

t.test('what is done alone meets no commit', async (t) => {
  const steps: string[] = []
  const commits = new GroupCommit<string, string>(async (writes) => {
    steps.push(`commit ${writes.join()}`)
    await new Promise(setImmediate)
    steps.push('committed')
    return writes
  })
  const work = async (): Promise<string> => {
    steps.push('alone')
    await new Promise(setImmediate)
    steps.push('done alone')
    return 'result'
  }
  const first = commits.add('a').then(() => steps.push('told'))
  while (steps.length === 0) await new Promise(setImmediate)
  const alone = commits.alone(work)
  const second = commits.add('b').then(() => steps.push('told'))
  while (!steps.includes('alone')) await new Promise(setImmediate)
  const third = commits.add('c')
  t.equal(await alone, 'result')
  await Promise.all([first, second, third])
  const written = ['committed', 'told', 'commit b', 'committed', 'told']
  t.same(steps, ['commit a', ...written, 'alone', 'done alone', 'commit c', 'committed'])
  await t.rejects(
    commits.alone(async () => Promise.reject(new Error('file'))),
    { message: 'file' },
  )
  await commits.idle()
})

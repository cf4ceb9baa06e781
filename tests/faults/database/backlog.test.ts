import { expect, test } from 'vitest'
import type { Task } from '#server/platform/jobs.ts'
import { freshDatabase } from '#tests/database.ts'
import { until } from '#tests/ritrovo.ts'

test('E19 a backlog is worked off job after job, and what comes behind it is not late', async () => {
  let done = 0
  let at = 0
  const small: Task = { name: 'test.small', run: async () => void done++ }
  const urgent: Task = { name: 'test.urgent', notify: true, run: async () => void (at = Date.now()) }
  const { deps } = await freshDatabase({}, { tasks: [small, urgent] as Task<never>[] })
  for (let n = 0; n < 150; n++) await deps.jobs.enqueue(null, small, { n })
  await deps.jobs.work(deps, [small, urgent] as Task<never>[])
  const begun = Date.now()
  await deps.jobs.enqueue(null, urgent, {})
  // At one job for each look it would take two and a half minutes.
  await until('the backlog was worked off', () => done === 150, 25)
  expect(at - begun).toBeLessThan(5_000)
})

test('E20 a job that nobody was knocked for is found within seconds', async () => {
  let ran = 0
  const late: Task = { name: 'test.late', notify: true, run: async () => void (ran = Date.now()) }
  const { deps } = await freshDatabase({}, { tasks: [late] as Task<never>[], work: true })
  const asked = Date.now()
  // A job for later is not announced when its moment comes.
  await deps.jobs.enqueue(null, late, {}, { after: 1 })
  await until('the job was found', () => ran > 0, 10)
  expect(ran - asked).toBeLessThan(6_000)
})

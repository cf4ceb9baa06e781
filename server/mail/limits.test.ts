import { expect, test } from 'vitest'
import { createLimiter } from '#server/platform/limits.ts'
import { mayWriteTo } from './limits.ts'

const HOUR = 3_600_000

test('K02 a stranger makes us write to one address three times an hour and ten times a day, however it is spelled', async () => {
  const clock = { now: 20_000 * 24 * HOUR }
  const limiter = createLimiter({ hit: async () => 0 }, { now: () => clock.now })
  const letters: number[] = []
  for (let hour = 0; hour < 24; hour++, clock.now += HOUR) {
    const allowed = await Promise.all(['victim@example.test', 'Victim@Example.Test', ' victim@example.test', 'VICTIM@example.test', 'victim@example.test'].map((address) => mayWriteTo({ limiter }, address)))
    letters.push(allowed.filter(Boolean).length)
  }
  expect(letters.slice(0, 4)).toEqual([3, 3, 0, 0])
  expect(letters.reduce((sum, n) => sum + n)).toBeLessThanOrEqual(10)
  expect(await mayWriteTo({ limiter }, 'other@example.test')).toBe(true)
})

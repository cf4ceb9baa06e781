import { expect, test } from 'vitest'
import { bestThree } from './best-three.ts'

const day = (date: string, ...starts: number[]) => ({ date, starts })

test('three times fall on three days where there are three', () => {
  const days = [
    day('2026-11-23', 1, 2, 3, 4),
    day('2026-11-24'),
    day('2026-11-25', 11, 12, 13, 14),
    day('2026-11-26', 21, 22),
    day('2026-11-27', 31),
  ]
  const picked = bestThree(days)
  expect(picked.map((start) => Math.floor(start / 10))).toEqual([0, 1, 2])
})

test('a single free day gives three of its times, in order; two free times give two', () => {
  expect(bestThree([day('2026-11-23', 1, 2, 3, 4)])).toHaveLength(3)
  expect(bestThree([day('2026-11-23', 1, 2, 3, 4)])).toEqual(
    bestThree([day('2026-11-23', 1, 2, 3, 4)]).toSorted((a, b) => a - b),
  )
  expect(bestThree([day('2026-11-23', 5, 9)])).toEqual([5, 9])
  expect(bestThree([])).toEqual([])
})

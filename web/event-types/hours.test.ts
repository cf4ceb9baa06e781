import { expect, test } from 'vitest'
import { hasOverlap, nextSpan, spanOf, WORKDAY } from './hours.ts'

test('an end that is not after its beginning belongs to the next day', () => {
  expect(spanOf(1320, 120)).toEqual({ from: 1320, to: 1560 })
  expect(spanOf(840, 0)).toEqual({ from: 840, to: 1440 })
  expect(spanOf(540, 540)).toEqual({ from: 540, to: 1980 })
  expect(spanOf(540, 780)).toEqual({ from: 540, to: 780 })
})

test('touching spans do not overlap, crossing ones do, in whatever order they stand', () => {
  expect(
    hasOverlap([
      { from: 780, to: 900 },
      { from: 540, to: 780 },
    ]),
  ).toBe(false)
  expect(
    hasOverlap([
      { from: 770, to: 900 },
      { from: 540, to: 780 },
    ]),
  ).toBe(true)
})

test('one span more never leaves the day nor crosses the last one', () => {
  expect(nextSpan([])).toEqual(WORKDAY[0])
  expect(nextSpan(WORKDAY)).toEqual({ from: 1140, to: 1260 })
  expect(nextSpan([{ from: 540, to: 1300 }])).toEqual({ from: 1360, to: 1440 })
  expect(nextSpan([{ from: 540, to: 1400 }])).toEqual({ from: 1400, to: 1440 })
})

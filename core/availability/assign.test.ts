import { expect, test } from 'vitest'
import { chooseHost } from './assign.ts'

const candidate = (hostId: string, recent: number, priority = 0) => ({ hostId, recent, priority })

test('whoever had the fewest bookings lately is next', () =>
  expect(chooseHost([candidate('anna', 3, 9), candidate('bob', 1), candidate('carla', 2)])).toBe('bob'))

test('of equals the higher priority, then the first of the list', () => {
  expect(chooseHost([candidate('anna', 1), candidate('bob', 1, 5), candidate('carla', 1, 5)])).toBe('bob')
  expect(chooseHost([candidate('anna', 1), candidate('bob', 1)])).toBe('anna')
})

test('nobody free, nobody chosen', () => expect(chooseHost([])).toBeNull())

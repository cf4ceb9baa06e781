import { expect, test } from 'vitest'
import { DAY } from '#core/time/model.ts'
import { startOfDay } from '#core/time/wall.ts'
import { isFromBefore } from './legacy.ts'
import { ROLES, type ConnectionRow } from './model.ts'
import { mayAdd, placeFor, type Rights, type Wish } from './places.ts'

const account = (slot: number, more: Partial<ConnectionRow> = {}): ConnectionRow => ({
  connectionId: `c${slot}`,
  userId: 'u',
  provider: 'google',
  account: `a${slot}@example.test`,
  state: 'connected',
  reason: null,
  since: 0,
  verifiedAt: null,
  capabilities: { read: true, write: true, cancel: true, reschedule: true, push: true, freshBusy: true },
  slot,
  roles: [...ROLES],
  legacy: null,
  calendarEnded: false,
  ...more,
})
const ONE: Rights = { several: false, pair: false }
const SEVERAL: Rights = { several: true, pair: false }
const PAIR: Rights = { several: false, pair: true }
const wish = (more: Partial<Wish> = {}): Wish => ({ as: null, roles: null, replaces: null, ...more })

test('S-014 the first account takes the first place with every role', () => {
  expect(placeFor([], ONE, wish())).toMatchObject({
    kind: 'place',
    slot: 0,
    roles: ROLES,
    legacy: null,
    ends: [],
  })
})

test('S-014 a second is asked about first; only replacing is offered, and it ends the one that stood there', () => {
  const live = [account(0)]
  expect(placeFor(live, ONE, wish())).toEqual({
    kind: 'second',
    account: 'a0@example.test',
    connectionId: 'c0',
    mayAdd: false,
  })
  expect(placeFor(live, ONE, wish({ as: 'add' }))).toMatchObject({ kind: 'second' })
  expect(placeFor(live, ONE, wish({ as: 'replace' }))).toMatchObject({ kind: 'place', slot: 0, ends: live })
})

test('S-111 an account of which only the mailbox is left stands in nobody’s way', () => {
  const live = [account(0, { calendarEnded: true })]
  expect(placeFor(live, ONE, wish())).toMatchObject({ kind: 'place', slot: 1, ends: [] })
})

test('several accounts: a further one checks for conflicts only, unless it is given more; replacing names which', () => {
  const live = [account(0), account(2)]
  expect(placeFor(live, SEVERAL, wish())).toMatchObject({ kind: 'second', mayAdd: true })
  expect(placeFor(live, SEVERAL, wish({ as: 'add' }))).toMatchObject({
    kind: 'place',
    slot: 1,
    roles: ['busy'],
    ends: [],
  })
  expect(placeFor(live, SEVERAL, wish({ as: 'add', roles: ['busy', 'crm'] }))).toMatchObject({
    roles: ['busy', 'crm'],
  })
  expect(placeFor(live, SEVERAL, wish({ as: 'replace' }))).toMatchObject({ kind: 'second' })
  expect(placeFor(live, SEVERAL, wish({ as: 'replace', replaces: 'c2' }))).toMatchObject({
    slot: 2,
    ends: [live[1]],
  })
})

test('S-016 a person from before may have two: one for the calendar, one for meetings', () => {
  const placed = placeFor([account(0)], PAIR, wish({ as: 'add' }))
  expect(placed).toMatchObject({
    kind: 'place',
    slot: 1,
    legacy: 'meetings',
    roles: ['busy', 'bookings'],
    partner: { connectionId: 'c0', legacy: 'calendar' },
  })
})

test('S-017 S-018 a pair is two and never three; putting another in place of one half ends the pair', () => {
  const live = [account(0, { legacy: 'calendar' }), account(1, { legacy: 'meetings' })]
  expect(placeFor(live, PAIR, wish({ as: 'add' }))).toMatchObject({ kind: 'second', mayAdd: false })
  expect(placeFor(live, PAIR, wish({ as: 'replace', replaces: 'c1' }))).toMatchObject({
    kind: 'place',
    ends: live,
    roles: ROLES,
    legacy: null,
  })
})

test('nobody has more than ten accounts', () => {
  const live = Array.from({ length: 10 }, (_, slot) => account(slot))
  expect(mayAdd(live, SEVERAL)).toBe(false)
  expect(mayAdd(live.slice(1), SEVERAL)).toBe(true)
})

test.each([
  'Europe/Rome',
  'Pacific/Auckland',
  'America/Los_Angeles',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'UTC',
])('S-016 S-019 in %s the day before counts, the day itself and the day after do not', (zone) => {
  const day = startOfDay(zone, '2023-03-13')
  expect(isFromBefore(startOfDay(zone, '2023-03-12'), zone)).toBe(true)
  expect(isFromBefore(day - 1, zone)).toBe(true)
  expect(isFromBefore(day, zone)).toBe(false)
  expect(isFromBefore(day + DAY / 2, zone)).toBe(false)
  expect(isFromBefore(startOfDay(zone, '2023-03-14'), zone)).toBe(false)
})

test('S-019 one instant is before the day in one workspace and on it in another', () => {
  const midnightInRome = startOfDay('Europe/Rome', '2023-03-13')
  expect(isFromBefore(midnightInRome, 'Europe/Rome')).toBe(false)
  expect(isFromBefore(midnightInRome, 'America/Los_Angeles')).toBe(true)
})

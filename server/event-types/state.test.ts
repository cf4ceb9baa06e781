import { expect, test } from 'vitest'
import { FREE } from '#core/time/busy.ts'
import { HOUR } from '#core/time/model.ts'
import type { HostCalendars } from '#server/calendars/busy.ts'
import { stateOf } from './state.ts'

const NOW = 1_800_000_000_000
const host = (more: Partial<HostCalendars>): HostCalendars => ({ version: 1, usable: 'yes', reason: null, oldestSync: NOW, busy: FREE, destination: { calendarId: 'c', connectionId: 'n' }, ...more })
const GOOD = host({})
const NONE = host({ usable: 'none', destination: null, oldestSync: null })
const BROKEN = host({ usable: 'no', reason: 'broken' })
const STALE = host({ usable: 'no', reason: 'stale', oldestSync: NOW - 2 * HOUR })
const requests = { kind: 'requests' } as const

test.each([
  ['solo', [GOOD], 'active', null],
  ['solo', [NONE], 'offline', 'no-calendar'],
  ['solo', [undefined], 'offline', 'no-calendar'],
  ['solo', [], 'offline', 'no-calendar'],
  ['solo', [BROKEN], 'offline', 'broken'],
  ['solo', [STALE], 'offline', 'stale'],
  ['solo', [host({ usable: 'no', reason: 'never-synced', oldestSync: null })], 'offline', 'reading'],
  ['solo', [host({ usable: 'no', reason: 'no-destination', destination: null })], 'offline', 'no-destination'],
  ['round-robin', [BROKEN, GOOD], 'active', null],
  ['round-robin', [BROKEN, NONE], 'offline', 'broken'],
  ['collective', [GOOD, BROKEN], 'offline', 'broken'],
  ['collective', [GOOD, GOOD], 'active', null],
] as const)('S-012 %s is %s', (assignment, hosts, state, offlineReason) => {
  expect(stateOf({ open: true, assignment, whenUnreadable: requests }, hosts, NOW)).toEqual({ state, offlineReason, lastKnownAt: null })
})

test('a page that is switched off is paused, whatever its calendars say', () => {
  expect(stateOf({ open: false, assignment: 'solo', whenUnreadable: requests }, [BROKEN], NOW)).toEqual({ state: 'paused', offlineReason: null, lastKnownAt: null })
})

test('a page that trusts what was read last stays active for that long, says how old it is, and only for staleness', () => {
  const trusting = (hours: number) => ({ open: true, assignment: 'solo', whenUnreadable: { kind: 'last-known', hours } }) as const
  // S-110: how old it is goes with it.
  expect(stateOf(trusting(3), [STALE, GOOD], NOW)).toEqual({ state: 'active', offlineReason: null, lastKnownAt: NOW - 2 * HOUR })
  expect(stateOf(trusting(1), [STALE], NOW)).toEqual({ state: 'offline', offlineReason: 'stale', lastKnownAt: null })
  expect(stateOf(trusting(3), [BROKEN], NOW)).toEqual({ state: 'offline', offlineReason: 'broken', lastKnownAt: null })
})

import { expect, test } from 'vitest'
import { DAY, MINUTE } from '#core/time/model.ts'
import type { EventKind } from '#server/providers/provider.ts'
import { blocks, healthOf, STALE_AFTER, usableAt, vanishes, windowFrom } from './model.ts'

test('B32 every kind of event blocks as its owner expects, and what is not understood blocks', () => {
  const kinds: EventKind[] = [
    'busy',
    'out-of-office',
    'unknown',
    'tentative',
    'unanswered',
    'declined',
    'cancelled',
    'transparent',
  ]
  const table = (blocksTentative: boolean, blocksUnanswered: boolean) =>
    kinds.filter((kind) => blocks(kind, { blocksTentative, blocksUnanswered }))
  expect(table(true, true)).toEqual(['busy', 'out-of-office', 'unknown', 'tentative', 'unanswered'])
  expect(table(false, true)).toEqual(['busy', 'out-of-office', 'unknown', 'unanswered'])
  expect(table(true, false)).toEqual(['busy', 'out-of-office', 'unknown', 'tentative'])
  expect(table(false, false)).toEqual(['busy', 'out-of-office', 'unknown'])
})

const now = Date.UTC(2026, 10, 25)
const calendar = {
  checked: true,
  destination: true,
  writable: true,
  syncedAt: now - MINUTE,
  quarantined: false,
}

test('a host is usable only while every checked calendar was read to its end within half an hour', () => {
  expect(usableAt(now, 'connected', [calendar])).toEqual({
    usable: 'yes',
    reason: null,
    oldestSync: now - MINUTE,
  })
  expect(
    usableAt(now, 'connected', [
      calendar,
      { ...calendar, destination: false, syncedAt: now - STALE_AFTER + 1 },
    ]),
  ).toMatchObject({ usable: 'yes', oldestSync: now - STALE_AFTER + 1 })
  expect(
    usableAt(now, 'connected', [calendar, { ...calendar, destination: false, syncedAt: now - STALE_AFTER }]),
  ).toMatchObject({ usable: 'no', reason: 'stale' })
  expect(usableAt(now, 'connected', [calendar, { ...calendar, destination: false, syncedAt: null }])).toEqual(
    { usable: 'no', reason: 'never-synced', oldestSync: null },
  )
  expect(usableAt(now, 'connected', [{ ...calendar, quarantined: true }])).toMatchObject({
    usable: 'no',
    reason: 'stale',
  })
})

test('B33 a calendar that is not checked says nothing about its host, however old it is', () => {
  expect(
    usableAt(now, 'connected', [
      calendar,
      { ...calendar, checked: false, destination: false, syncedAt: null },
    ]),
  ).toMatchObject({ usable: 'yes' })
})

test('without a place to write, without a connection, or with a broken one, nobody is free', () => {
  expect(usableAt(now, null, [])).toEqual({ usable: 'none', reason: null, oldestSync: null })
  expect(usableAt(now, 'disconnected', [calendar])).toMatchObject({ usable: 'none' })
  expect(usableAt(now, 'broken', [calendar])).toMatchObject({ usable: 'no', reason: 'broken' })
  expect(usableAt(now, 'connecting', [])).toMatchObject({ usable: 'no', reason: 'never-synced' })
  expect(usableAt(now, 'connected', [{ ...calendar, destination: false }])).toMatchObject({
    usable: 'no',
    reason: 'no-destination',
  })
  expect(usableAt(now, 'connected', [{ ...calendar, writable: false }])).toMatchObject({
    usable: 'no',
    reason: 'no-destination',
  })
  expect(usableAt(now, 'connected', [{ ...calendar, checked: false }])).toMatchObject({
    usable: 'no',
    reason: 'no-destination',
  })
})

test('B08 more than twenty and more than three in ten at once is too much to believe', () => {
  expect([vanishes(20, 20), vanishes(21, 70), vanishes(21, 69), vanishes(500, 500), vanishes(0, 0)]).toEqual([
    false,
    false,
    true,
    true,
    false,
  ])
})

test('B23 the copied window reaches past a year even on the day before it is laid anew', () => {
  expect(windowFrom(now)).toEqual({ start: now - DAY, end: now + 400 * DAY })
})

test('S-110 a calendar’s health in one word: fine only with a fresh look and nothing to know', () => {
  const now = 1_800_000_000_000
  const good = { syncedAt: now, trouble: null, quarantined: false, troubledEvents: 0, checked: true, destination: false }
  expect(healthOf(now, 'connected', good)).toBe('fine')
  expect(healthOf(now, 'connected', { ...good, trouble: 'timeout' })).toBe('degraded')
  expect(healthOf(now, 'connected', { ...good, quarantined: true })).toBe('degraded')
  expect(healthOf(now, 'connected', { ...good, troubledEvents: 1 })).toBe('degraded')
  expect(healthOf(now + STALE_AFTER, 'connected', good)).toBe('broken')
  expect(healthOf(now, 'broken', good)).toBe('broken')
  expect(healthOf(now, 'connected', { ...good, syncedAt: null })).toBe('unread')
  expect(healthOf(now, 'connected', { ...good, syncedAt: null, trouble: 'forbidden' })).toBe('broken')
  expect(healthOf(now, 'connected', { ...good, checked: false })).toBe('unread')
})

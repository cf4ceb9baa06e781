import { describe, expect, test } from 'vitest'
import { can, MISSING, whyNot } from './modes.ts'

describe('S-085 S-086 S-087 S-088 S-089 the two ways to use an account', () => {
  test('full leaves nothing out', () => expect(MISSING.full).toEqual([]))

  test('bookings-only leaves out what its source lists, each with a sentence', () => {
    expect(MISSING['bookings-only'].map(({ ability, source }) => `${source} ${ability}`)).toEqual([
      'S-085 cancel',
      'S-085 reschedule',
      'S-087 meeting-to-calendar',
      'S-088 calendar-to-crm',
      'S-089 proposed-times',
    ])
    expect(whyNot('bookings-only', 'cancel')).toBe('exchange.without.cancel')
    expect(whyNot('full', 'cancel')).toBe(null)
  })

  test('S-08A busy time is read and bookings are written in both', () => {
    for (const mode of ['full', 'bookings-only'] as const)
      expect([can(mode, 'read-busy'), can(mode, 'write-booking')]).toEqual([true, true])
  })
})

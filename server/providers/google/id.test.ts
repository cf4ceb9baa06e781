import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { calendarUid, eventId } from './id.ts'

test('C20 an id is base32hex of the SHA-256 of the UID, whatever the UID is', () => {
  // RFC 4648 §7 worked out the slow way, bit by bit.
  const slowly = (uid: string): string => {
    const bits = [...createHash('sha256').update(uid).digest()]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('')
    return bits
      .padEnd(260, '0')
      .match(/.{5}/g)!
      .map((five) => parseInt(five, 2).toString(32))
      .join('')
  }
  for (const uid of ['', 'a', 'booking-1', 'o/b%2F@x?y#z 1', 'ü🙂', 'x'.repeat(5000)]) {
    expect(eventId(uid)).toBe(slowly(uid))
    expect(eventId(uid)).toMatch(/^[a-v0-9]{52}$/)
    expect(eventId(uid, 3)).toMatch(/^[a-v0-9]{53}$/)
  }
  expect(new Set(['a', 'b', 'A'].map((uid) => eventId(uid))).size).toBe(3)
})

test('the UID our letter carries is the one Google gives to an event of that id', () => {
  expect(calendarUid('b1')).toBe(`${eventId('b1')}@google.com`)
})

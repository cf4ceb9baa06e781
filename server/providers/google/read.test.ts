import { describe, expect, test } from 'vitest'
import { toRows } from '#server/calendars/copy.ts'
import type { RemoteEvent } from '../provider.ts'
import { readItem } from './read.ts'

const WINDOW = { start: Date.UTC(2027, 0, 1), end: Date.UTC(2028, 0, 1) }
const ITEM = {
  id: 'e1',
  etag: '"1"',
  status: 'confirmed',
  iCalUID: 'e1@google.com',
  summary: 'Lunch',
  created: '2026-11-01T10:00:00.000Z',
  sequence: 2,
  organizer: { email: 'Alice@Example.test', self: true },
  creator: { email: 'alice@example.test', self: true },
  start: { dateTime: '2027-03-01T10:00:00+01:00', timeZone: 'Europe/Rome' },
  end: { dateTime: '2027-03-01T11:00:00+01:00', timeZone: 'Europe/Rome' },
}
const change = (item: unknown) => readItem(item, { window: WINDOW, zone: 'Europe/Rome' })
function read(more: object): RemoteEvent {
  const found = change({ ...ITEM, ...more })
  if (found.kind === 'remove') throw new Error('it was removed')
  return found.event
}
const guests = (...emails: string[]) => emails.map((email) => ({ email, responseStatus: 'accepted' }))

test('an event as it comes', () => {
  expect(read({ attendees: guests('alice@example.test', 'Bob@example.test') })).toEqual({
    remoteId: 'e1',
    etag: '"1"',
    uid: 'e1@google.com',
    occurrences: [
      { start: Date.UTC(2027, 2, 1, 9), end: Date.UTC(2027, 2, 1, 10), kind: 'busy', allDay: false },
    ],
    title: 'Lunch',
    private: false,
    attendees: ['alice@example.test', 'bob@example.test'],
    trouble: null,
    sequence: 2,
    mark: null,
    declined: [],
    accepted: ['alice@example.test', 'bob@example.test'],
    madeAt: Date.UTC(2026, 10, 1, 10),
    byProgram: false,
  })
})

test('cancelled is gone, even where nothing but the id is told', () => {
  expect(change({ id: 'e1', status: 'cancelled' })).toEqual({ kind: 'remove', remoteId: 'e1' })
})

test('B17 B19 our own is known by our mark, under whatever id', () => {
  const ours = read({ id: 'other', extendedProperties: { private: { ritrovo: 'booking-1', other: 'x' } } })
  expect(ours).toMatchObject({ remoteId: 'other', uid: 'booking-1', mark: 'booking-1', byProgram: true })
  expect(read({ extendedProperties: { shared: { ritrovo: 'booking-1' } } }).mark).toBe(null)
  expect(read({ extendedProperties: { private: { ritrovo: 5 } } }).mark).toBe(null)
})

test('the instances of a series share an iCalUID, and have a UID each', () => {
  const instance = (id: string, dateTime: string) =>
    read({
      id,
      recurringEventId: 'e1',
      originalStartTime: { dateTime },
      start: { dateTime: '2027-03-04T15:00:00Z' },
      end: { dateTime: '2027-03-04T16:00:00Z' },
    })
  const [first, second] = [
    instance('e1_1', '2027-03-01T10:00:00+01:00'),
    instance('e1_2', '2027-03-08T10:00:00+01:00'),
  ]
  expect(first.uid).toBe('e1@google.com/2027-03-01T10:00:00+01:00')
  expect(second.uid).not.toBe(first.uid)
  // D23: moved, it is busy where it stands now.
  expect(first.occurrences[0]!.start).toBe(Date.UTC(2027, 2, 4, 15))
  expect(read({ id: 'e1_3', recurringEventId: 'e1', originalStartTime: { date: '2027-03-15' } }).uid).toBe(
    'e1@google.com/2027-03-15',
  )
  expect(read({ id: 'e1_4', recurringEventId: 'e1' }).uid).toBe('e1@google.com/e1_4')
})

describe('who is in it', () => {
  test('the organizer first, rooms and empty addresses not at all, nobody twice', () => {
    const attendees = [
      ...guests('bob@example.test', 'ALICE@example.test', 'not an address', 'bob@example.test'),
      { email: 'c_room@resource.calendar.google.com', resource: true, responseStatus: 'accepted' },
      { responseStatus: 'declined' },
      null,
    ]
    expect(read({ attendees }).attendees).toEqual(['alice@example.test', 'bob@example.test'])
  })
  test('an event without guests names nobody', () => expect(read({}).attendees).toEqual([]))
  test('a calendar that organizes under its own address: who made the event', () => {
    const organizer = { email: 'abc123@group.calendar.google.com', self: true }
    expect(read({ organizer, attendees: guests('bob@example.test') }).attendees).toEqual([
      'alice@example.test',
      'bob@example.test',
    ])
  })
  test('who declined and who accepted is told by address', () => {
    const attendees = [
      ...guests('carol@example.test'),
      { email: 'Bob@example.test', responseStatus: 'declined' },
    ]
    expect(read({ attendees })).toMatchObject({
      declined: ['bob@example.test'],
      accepted: ['carol@example.test'],
    })
  })
  test('more guests than anybody invites are cut', () => {
    expect(
      read({ attendees: guests(...Array.from({ length: 3000 }, (_, i) => `p${i}@example.test`)) }).attendees
        .length,
    ).toBe(500)
  })
})

describe('private events', () => {
  const attendees = [{ email: 'bob@example.test', responseStatus: 'declined' }]
  test.each(['private', 'confidential', 'a word of next year'])(
    '%s: neither title nor people',
    (visibility) => {
      expect(read({ visibility, attendees })).toMatchObject({
        title: null,
        private: true,
        attendees: [],
        declined: [],
      })
    },
  )
  test.each(['default', 'public'])('%s is not', (visibility) => {
    expect(read({ visibility })).toMatchObject({ title: 'Lunch', private: false })
  })
  test('who declined a booking of ours is ours to know, though its host made it private', () => {
    expect(
      read({ visibility: 'private', attendees, extendedProperties: { private: { ritrovo: 'b1' } } }),
    ).toMatchObject({ title: null, attendees: [], declined: ['bob@example.test'] })
  })
})

test('made by a program: from Gmail, or with a source, which no person can give it in a calendar', () => {
  expect(read({ eventType: 'fromGmail' }).byProgram).toBe(true)
  expect(read({ source: { url: 'https://example.test' } }).byProgram).toBe(true)
  expect(read({ conferenceData: { conferenceId: 'x' } }).byProgram).toBe(false)
})

describe('B24 something that is no event does not stop the others', () => {
  test.each([[null], [5], ['text'], [[]], [{}], [{ id: 5 }], [{ id: '' }]])(
    '%j is kept busy and reported',
    (item) => {
      const found = change(item)
      expect(found).toMatchObject({
        kind: 'upsert',
        event: { occurrences: [{ ...WINDOW, kind: 'unknown' }] },
      })
      expect(found.kind === 'upsert' && found.event.trouble).toMatch(/^(impossible-date|unreadable)/)
      expect(found.kind === 'upsert' && found.event.remoteId).toMatch(/^unnamed-.{22}$/)
    },
  )
  test('every field of every wrong kind: it is read, and nothing is thrown', () => {
    const wrong = [null, 0, 'x', '', [], {}, true, [null], [[]], { private: 5 }, { private: { ritrovo: {} } }]
    for (const field of [
      ...Object.keys(ITEM),
      'attendees',
      'visibility',
      'transparency',
      'eventType',
      'recurringEventId',
      'originalStartTime',
      'extendedProperties',
      'source',
    ])
      for (const value of wrong) {
        const found = change({ ...ITEM, [field]: value })
        if (found.kind === 'upsert')
          expect(found.event.occurrences.every(({ start, end }) => start <= end)).toBe(true)
      }
  })
  test('an impossible time keeps its own place', () => {
    expect(read({ start: { dateTime: '2027-02-30T10:00:00Z' } })).toMatchObject({
      uid: 'e1@google.com',
      trouble: 'impossible-date:2027-02-30T10:00:00Z',
      occurrences: [{ kind: 'unknown' }],
    })
    expect(read({ start: {}, transparency: 'transparent' }).occurrences[0]!.kind).toBe('transparent')
  })
  test('D16 zero stays, backwards is reported', () => {
    expect(read({ end: ITEM.start }).occurrences).toMatchObject([
      { start: Date.UTC(2027, 2, 1, 9), end: Date.UTC(2027, 2, 1, 9) },
    ])
    expect(read({ start: ITEM.end, end: ITEM.start }).trouble).toBe('backwards')
  })
})

test('B25 NUL and lone surrogates reach our copy as text the database takes', () => {
  const change = readItem(
    JSON.parse(
      JSON.stringify({ ...ITEM, id: 'a\0b', summary: 'Ihre Verfügbarkeit\0 \ud800', iCalUID: '\udfff\0' }),
    ),
    { window: WINDOW, zone: 'UTC' },
  )
  expect(change).toMatchObject({ event: { title: 'Ihre Verfügbarkeit  \ufffd' } })
  const { put } = toRows([change], { blocksTentative: true, blocksUnanswered: true })
  const kept = `${put[0]!.remoteId}${put[0]!.uid}${put[0]!.title}`
  expect(kept.isWellFormed() && !kept.includes('\0')).toBe(true)
})

test('a title is one line; a blank one is none', () => {
  expect(read({ summary: ' a\r\nb\u2028c ' }).title).toBe('a b c')
  expect(read({ summary: ' \n ' }).title).toBe(null)
  expect(read({ summary: undefined }).title).toBe(null)
})

test('an event outside the window has no moment in it', () => {
  expect(read({ start: { date: '2028-01-02' }, end: { date: '2028-01-03' } }).occurrences).toEqual([])
  expect(read({ start: { date: '2026-12-01' }, end: { date: '2026-12-02' } }).occurrences).toEqual([])
  expect(read({ start: { date: '2026-12-01' }, end: { date: '2027-12-02' } }).occurrences).toHaveLength(1)
})

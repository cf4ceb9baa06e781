import { describe, expect, test } from 'vitest'
import { item, property } from '#tests/exchange-script.ts'
import { DAY, HOUR } from '#core/time/model.ts'
import { opaque, toRemote, uidOf } from './event.ts'
import { parse } from './parse.ts'
import type { Element } from './parse.ts'

const window = { start: Date.UTC(2027, 1, 1), end: Date.UTC(2027, 5, 1) }
const reading = { window, zone: 'Europe/Rome' }
const element = (parts: Record<string, string>): Element =>
  parse(`<x xmlns:t="t">${item('AAMk=', parts)}</x>`)!.children[0]!
const read = (parts: Record<string, string> = {}) => toRemote(element(parts), reading)

describe('an appointment', () => {
  test('is told with its people, its mark, and who has answered what', () => {
    const person = (address: string, answer: string) =>
      `<t:Attendee><t:Mailbox><t:Name>x</t:Name><t:EmailAddress>${address}</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox><t:ResponseType>${answer}</t:ResponseType></t:Attendee>`
    expect(
      read({
        AppointmentSequenceNumber: '3',
        raw: `<t:Organizer><t:Mailbox><t:EmailAddress>Alice@Example.test</t:EmailAddress></t:Mailbox></t:Organizer>
          <t:RequiredAttendees>${person('Bob@example.test', 'Decline')}${person('/O=EXCH/OU=X/CN=CAROL', 'Accept')}</t:RequiredAttendees>
          <t:OptionalAttendees>${person('dan@example.test', 'Accept')}${person('bob@example.test', 'Accept')}</t:OptionalAttendees>${property('ritrovo', 'b1@ritrovo')}`,
      }),
    ).toEqual({
      remoteId: 'AAMk=',
      etag: 'key-AAMk=',
      uid: 'b1@ritrovo',
      occurrences: [
        { start: Date.UTC(2027, 2, 1, 9), end: Date.UTC(2027, 2, 1, 10), kind: 'busy', allDay: false },
      ],
      title: 'Event AAMk=',
      private: false,
      attendees: ['alice@example.test', 'bob@example.test', 'dan@example.test'],
      declined: ['bob@example.test'],
      accepted: ['dan@example.test'],
      trouble: null,
      sequence: 3,
      mark: 'b1@ritrovo',
      madeAt: Date.UTC(2027, 0, 5, 10),
    })
  })

  test.each(['Private', 'Confidential', 'Personal', 'Hush'])(
    'that is %s shows no title and no people',
    (Sensitivity) => {
      const raw =
        '<t:Organizer><t:Mailbox><t:EmailAddress>a@b.test</t:EmailAddress></t:Mailbox></t:Organizer>'
      expect(read({ Sensitivity, raw })).toMatchObject({ title: null, private: true, attendees: [] })
    },
  )

  test('goes by our mark, else by its UID, else by its id', () => {
    expect(uidOf(element({ raw: property('ritrovo', 'ours') }))).toBe('ours')
    expect(uidOf(element({ raw: property('ritrovo-wrote', 'x') }))).toBe('uid-AAMk=')
    expect(uidOf(element({ UID: '' }))).toBe('AAMk=')
  })

  test('D17 of the year 1601, or without end, is clamped', () => {
    expect(read({ Start: '1601-01-01T00:00:00Z', End: '4500-09-01T00:00:00Z' }).occurrences).toMatchObject([
      { start: 0, end: window.end + 5 * 366 * DAY },
    ])
  })

  test('outside the window is known and takes no time', () =>
    expect(read({ Start: '2029-01-01T00:00:00Z', End: '2029-01-01T01:00:00Z' })).toMatchObject({
      occurrences: [],
      trouble: null,
    }))
})

describe('D06 D08 a whole day', () => {
  const made = (zone: string) => `<t:StartTimeZone ${zone}/>`
  const days = (Start: string, End: string, zone: string) =>
    read({ Start, End, IsAllDayEvent: 'true', raw: made(zone) }).occurrences

  test.each([
    [
      'in its own zone, an hour short when the clocks go forward',
      '2027-03-27T23:00:00Z',
      '2027-03-28T22:00:00Z',
      'Id="W. Europe Standard Time"',
      23,
    ],
    [
      'made where the day begins at another hour',
      '2027-03-01T05:00:00Z',
      '2027-03-02T05:00:00Z',
      'Id="Eastern Standard Time"',
      24,
    ],
    [
      'in a zone of somebody’s own',
      '2027-02-28T22:00:00Z',
      '2027-03-01T22:00:00Z',
      'Id="Customized Time Zone"',
      24,
    ],
    [
      'in a zone with a name only',
      '2027-02-28T23:00:00Z',
      '2027-03-01T23:00:00Z',
      'Id="" Name="(UTC+01:00) Amsterdam, Berlin"',
      24,
    ],
    [
      'in a zone that nobody knows',
      '2027-02-28T22:00:00Z',
      '2027-03-01T22:00:00Z',
      'Id="tzone://Microsoft/Custom"',
      24,
    ],
    [
      'in one that has its midnight with UTC',
      '2027-03-01T00:00:00Z',
      '2027-03-02T00:00:00Z',
      'Id="GMT Standard Time"',
      24,
    ],
  ])('%s, is exactly what Exchange says', (_, start, end, zone, hours) => {
    expect(days(start, end, zone)).toEqual([
      { start: Date.parse(start), end: Date.parse(end), kind: 'busy', allDay: true },
    ])
    expect(Date.parse(end) - Date.parse(start)).toBe(hours * HOUR)
  })

  test.each(['Id="UTC"', ''])(
    'made in UTC (%j) is that date in the calendar’s zone, 23 hours when the clocks go forward',
    (zone) => {
      expect(days('2027-03-28T00:00:00Z', '2027-03-29T00:00:00Z', zone)).toEqual([
        { start: Date.UTC(2027, 2, 27, 23), end: Date.UTC(2027, 2, 28, 22), kind: 'busy', allDay: true },
      ])
    },
  )
})

describe('what cannot be read is kept busy (I8)', () => {
  test('D16 an end before its start', () =>
    expect(read({ Start: '2027-03-01T10:00:00Z', End: '2027-03-01T09:00:00Z' })).toMatchObject({
      occurrences: [{ start: Date.UTC(2027, 2, 1, 9), end: Date.UTC(2027, 2, 1, 10), kind: 'unknown' }],
      trouble: 'backwards',
    }))

  test('D16 nothing at all takes no time', () =>
    expect(read({ End: '2027-03-01T09:00:00Z' })).toMatchObject({ occurrences: [], trouble: null }))

  test('D18 no end', () => {
    const { occurrences, trouble } = read({ End: '' })
    expect(occurrences).toMatchObject([{ start: Date.UTC(2027, 2, 1, 9), kind: 'unknown' }])
    expect(occurrences[0]!.end).toBeGreaterThanOrEqual(Date.UTC(2027, 2, 2, 9))
    expect(trouble).toBe('impossible-date')
  })

  test.each(['2027-02-30T09:00:00Z', 'soon'])('D15 a start of %j', (Start) =>
    expect(read({ Start })).toMatchObject({
      occurrences: [{ kind: 'unknown', end: Date.UTC(2027, 2, 1, 10) }],
      trouble: `impossible-date:${Start}`,
    }),
  )

  test('an offset is an offset, and a time without one is in UTC as it was asked for', () => {
    expect(read({ Start: '2027-03-01T10:30:00+01:00' }).occurrences[0]!.start).toBe(
      Date.UTC(2027, 2, 1, 9, 30),
    )
    expect(read({ Start: '2027-03-01T09:30:00.000' }).occurrences[0]!.start).toBe(Date.UTC(2027, 2, 1, 9, 30))
  })

  test('an item that the server cannot give out, by what else is known of it', () => {
    const told = parse(
      '<CalendarItem><Start>2027-03-01T09:00:00Z</Start><End>2027-03-01T10:00:00Z</End></CalendarItem>',
    )!
    expect(opaque('A=', told, reading, false)).toMatchObject({
      remoteId: 'A=',
      trouble: 'unreadable',
      occurrences: [{ start: Date.UTC(2027, 2, 1, 9), end: Date.UTC(2027, 2, 1, 10), kind: 'unknown' }],
    })
    expect(opaque('A=', told, reading, true)).toMatchObject({ private: true, trouble: null })
  })
})

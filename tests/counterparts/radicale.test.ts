import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { caldav } from '#server/providers/caldav/caldav.ts'
import { discover } from '#server/providers/caldav/discover.ts'
import { providerContract } from '#server/providers/contract.ts'
import { AccessRevoked } from '#server/providers/provider.ts'
import { bookingDraft, caldavPeculiarities, caldavSubject, sessionOf } from './caldav-subject.ts'
import { readWithPython } from './python-caldav.ts'
import { makeCalendar, startRadicale } from './radicale.ts'
import type { CalendarServer } from './radicale.ts'

providerContract('CalDAV with Radicale', async () =>
  caldavSubject(await startRadicale({ calendars: [], password: 'pass: wörd' })),
)
caldavPeculiarities('Radicale', () => startRadicale({ calendars: [] }))

describe('Radicale', () => {
  let radicale: CalendarServer
  beforeAll(async () => {
    radicale = await startRadicale({ calendars: ['work'] })
  })
  afterAll(() => radicale?.stop())

  test('a real wrong password is AccessRevoked', async () => {
    const door = { user: radicale.user, secret: 'wrong', fetch }
    await expect(discover(door, radicale.url)).rejects.toThrow(AccessRevoked)
    await expect(caldav.listCalendars({ ...sessionOf(radicale), secret: 'wrong' })).rejects.toThrow(
      AccessRevoked,
    )
  })

  test('colours and zones come through, calendars of tasks do not', async () => {
    await makeCalendar(radicale, `${radicale.url}${radicale.user}/blue/`, 'Blue', {
      color: '#0055FFFF',
      zone: 'Asia/Tokyo',
    })
    await makeCalendar(radicale, `${radicale.url}${radicale.user}/tasks/`, 'Tasks', { components: ['VTODO'] })
    const listed = await caldav.listCalendars(sessionOf(radicale))
    expect(listed.map(({ name }) => name).sort()).toEqual(['Blue', 'work'])
    expect(listed.find(({ name }) => name === 'Blue')).toMatchObject({
      color: '#0055ff',
      zone: 'Asia/Tokyo',
      writable: true,
    })
  })

  test('another client sees one event, at its time, with its words, and none when it is gone', async () => {
    const session = sessionOf(radicale)
    const calendar = `${radicale.home}work/`
    const made = await caldav.createEvent(session, calendar, bookingDraft('seen'))
    const expected = {
      uid: 'seen',
      summary: 'Introduction with Bob',
      start: '2027-03-01T09:00:00Z',
      end: '2027-03-01T09:30:00Z',
      status: 'CONFIRMED',
      sequence: 0,
      attendees: ['mailto:bob@example.test'],
    }
    expect(await readWithPython(radicale)).toEqual([expected])
    const span = { start: Date.UTC(2027, 6, 1, 7), end: Date.UTC(2027, 6, 1, 8) }
    await caldav.updateEvent(session, calendar, made.remoteId, bookingDraft('seen', { sequence: 1, span }))
    expect(await readWithPython(radicale)).toEqual([
      { ...expected, start: '2027-07-01T07:00:00Z', end: '2027-07-01T08:00:00Z', sequence: 1 },
    ])
    await caldav.deleteEvent(session, calendar, made.remoteId)
    expect(await readWithPython(radicale)).toEqual([])
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeObject } from '#core/icalendar/write.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'
import { providerContract } from '#server/providers/contract.ts'
import { bookingDraft, byHand, caldavPeculiarities, caldavSubject, sessionOf } from './caldav-subject.ts'
import { startCyrus } from './cyrus.ts'
import type { Cyrus } from './cyrus.ts'
import type { CalendarServer } from './radicale.ts'

providerContract('CalDAV with Cyrus', async () => caldavSubject(await startCyrus()))
caldavPeculiarities('Cyrus', () => startCyrus())

describe('C27 Cyrus, which sends invitations by itself (RFC 6638)', () => {
  let cyrus: Cyrus
  let bob: CalendarServer
  beforeAll(async () => {
    cyrus = await startCyrus()
    bob = await cyrus.addUser('bob')
    await caldav.listCalendars(sessionOf(bob)) // the first visit makes the calendar
  })
  afterAll(() => cyrus?.stop())

  const WINDOW = { start: Date.UTC(2027, 0, 1), end: Date.UTC(2028, 0, 1) }
  const inCalendarOf = async (who: CalendarServer): Promise<string[]> => {
    const { changes } = await caldav.pull(sessionOf(who), `${who.home}Default/`, null, WINDOW)
    return changes.flatMap((change) => (change.kind === 'upsert' ? [change.event.uid] : []))
  }
  const draft = (uid: string) =>
    bookingDraft(uid, {
      organizer: { name: 'Alice', email: 'alice@example.test' },
      attendees: [{ name: 'Bob', email: 'bob@example.test' }],
    })

  test('invites nobody to an event of ours, not when it is made, moved or taken away', async () => {
    const calendar = `${cyrus.home}Default/`
    const made = await caldav.createEvent(sessionOf(cyrus), calendar, draft('ours'))
    expect(await inCalendarOf(cyrus)).toEqual(['ours'])
    expect(await inCalendarOf(bob)).toEqual([])
    const span = { start: Date.UTC(2027, 4, 1, 9), end: Date.UTC(2027, 4, 1, 10) }
    expect(
      await caldav.updateEvent(sessionOf(cyrus), calendar, made.remoteId, {
        ...draft('ours'),
        sequence: 1,
        span,
      }),
    ).toMatchObject({ span })
    expect(await inCalendarOf(bob)).toEqual([])
    await caldav.deleteEvent(sessionOf(cyrus), calendar, made.remoteId)
    expect(await inCalendarOf(bob)).toEqual([])
  })

  test('while it does invite to any other: so the silence above is our doing', async () => {
    const text = writeObject({ ...draft('theirs'), stamp: Date.now() }, 'STORE')
      .replaceAll('\r\n ', '')
      .replaceAll(';SCHEDULE-AGENT=CLIENT', '')
    await byHand(cyrus, 'PUT', new URL(`${cyrus.home}Default/theirs.ics`, cyrus.url).href, text)
    expect(await inCalendarOf(bob)).toEqual(['theirs'])
    const { changes } = await caldav.pull(sessionOf(bob), `${bob.home}Default/`, null, WINDOW)
    expect(changes).toMatchObject([{ event: { uid: 'theirs', occurrences: [{ kind: 'unanswered' }] } }])
  })
})

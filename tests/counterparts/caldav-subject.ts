import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeObject, zoneLines } from '#core/icalendar/write.ts'
import type { Span } from '#core/time/model.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'
import type { Subject } from '#server/providers/contract.ts'
import type { EventDraft, Session } from '#server/providers/provider.ts'
import { startFaultProxy } from './fault-proxy.ts'
import { makeCalendar } from './radicale.ts'
import type { CalendarServer } from './radicale.ts'

/** One request by the calendar's owner with another program. */
export async function byHand(
  { user, password }: { user: string; password: string },
  method: string,
  url: string,
  body?: string,
  headers: Record<string, string> = { 'content-type': 'text/calendar; charset=utf-8' },
): Promise<string> {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      ...(body === undefined ? {} : headers),
    },
    ...(body === undefined ? {} : { body }),
  })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
  return await response.text()
}

export const sessionOf = (server: CalendarServer, url = server.url): Session => ({
  address: new URL(server.home, url).href,
  user: server.user,
  secret: server.password,
  fetch,
  zone: 'Europe/Rome',
})

/** A CalDAV server as the contract wants it: behind the fault proxy, with a calendar called "contract". */
export async function caldavSubject(server: CalendarServer): Promise<Subject> {
  const calendar = `${server.home}contract/`
  const direct = new URL(calendar, server.url).href
  await makeCalendar(server, direct, 'contract')
  const proxy = await startFaultProxy(server.url)
  const refusing = await startFaultProxy(server.url)
  refusing.inject(
    {},
    { kind: 'answer', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    Infinity,
  )
  const session = sessionOf(server, proxy.url)
  const find = async (uid: string) =>
    new URL((await caldav.readEvent(session, calendar, uid))?.remoteId ?? `${calendar}${uid}.ics`, server.url)
      .href
  return {
    provider: caldav,
    session,
    calendar,
    revoked: sessionOf(server, refusing.url),
    add: async (uid, title, span) =>
      void (await byHand(server, 'PUT', `${direct}${uid}.ics`, foreign(uid, title, span))),
    async retitle(uid, title) {
      const url = await find(uid)
      const text = await byHand(server, 'GET', url)
      await byHand(
        server,
        'PUT',
        url,
        text.replace(/^SUMMARY:.*$/m, `SUMMARY:${title.replaceAll(',', '\\,')}`),
      )
    },
    remove: async (uid) => void (await byHand(server, 'DELETE', await find(uid))),
    async count(uid) {
      const filter =
        '<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"/></c:comp-filter></c:filter>'
      const query = `<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><c:calendar-data/></d:prop>${filter}</c:calendar-query>`
      const all = await byHand(server, 'REPORT', direct, query, {
        'content-type': 'application/xml',
        depth: '1',
      })
      return all.split(/\r?\n|&#13;/).filter((line) => line.trim() === `UID:${uid}`).length
    },
    spoil(cursor) {
      const known = JSON.parse(cursor) as { place: { token?: string } }
      return JSON.stringify({
        ...known,
        place: { ...known.place, token: 'http://example.test/ns/sync/forgotten' },
      })
    },
    loseNextReply: () => proxy.inject({ method: 'PUT' }, { kind: 'lose-reply' }),
    async stop() {
      await proxy.stop()
      await refusing.stop()
      await server.stop()
    },
  }
}

/** What only CalDAV can do to us, on a real server. */
export function caldavPeculiarities(name: string, start: () => Promise<CalendarServer>): void {
  describe(`${name}, being CalDAV`, () => {
    let server: CalendarServer
    let session: Session
    let calendar: string
    beforeAll(async () => {
      server = await start()
      calendar = `${server.home}odd/`
      session = sessionOf(server)
      await makeCalendar(server, new URL(calendar, server.url).href, 'odd')
    }, 60_000)
    afterAll(() => server?.stop())

    test('an event of ours that a program stored under another name is found, changed there, and not made twice', async () => {
      const made = await caldav.createEvent(session, calendar, bookingDraft('renamed'))
      const at = (path: string) => new URL(path, server.url).href
      const text = await byHand(server, 'GET', at(made.remoteId))
      await byHand(server, 'DELETE', at(made.remoteId))
      await byHand(server, 'PUT', at(`${calendar}of-another-name.ics`), text)

      const found = await caldav.createEvent(session, calendar, bookingDraft('renamed'))
      expect(found).toMatchObject({ remoteId: `${calendar}of-another-name.ics`, span: bookingDraft('').span })
      const span = { start: Date.UTC(2027, 2, 2, 9), end: Date.UTC(2027, 2, 2, 10) }
      expect(
        await caldav.updateEvent(
          session,
          calendar,
          found.remoteId,
          bookingDraft('renamed', { sequence: 1, span }),
        ),
      ).toMatchObject({ span })
      expect(await caldav.readEvent(session, calendar, 'renamed')).toMatchObject({
        remoteId: found.remoteId,
        span,
      })
      const { changes } = await caldav.pull(session, calendar, null, { start: 0, end: Date.UTC(2030, 0, 1) })
      expect(changes.length).toBe(1)
    })

    test('D23 D28 a series with a moved instance over a change of the clocks reads the same from the server as it was put', async () => {
      const series = [
        'BEGIN:VEVENT',
        'UID:series',
        'DTSTAMP:20260101T000000Z',
        'DTSTART;TZID=Europe/Rome:20270302T100000',
        'DURATION:PT1H',
        'RRULE:FREQ=WEEKLY;COUNT=6',
        'EXDATE;TZID=Europe/Rome:20270309T100000',
        'SUMMARY:Series',
        'END:VEVENT',
      ]
      const moved = [
        'BEGIN:VEVENT',
        'UID:series',
        'DTSTAMP:20260101T000000Z',
        'RECURRENCE-ID;TZID=Europe/Rome:20270316T100000',
        'DTSTART;TZID=Europe/Rome:20270317T150000',
        'DURATION:PT1H',
        'SUMMARY:Moved',
        'END:VEVENT',
      ]
      const zone = zoneLines({ zone: 'Europe/Rome', span: bookingDraft('').span })
      await byHand(
        server,
        'PUT',
        new URL(`${calendar}series.ics`, server.url).href,
        [
          'BEGIN:VCALENDAR',
          'VERSION:2.0',
          'PRODID:-//test//EN',
          ...zone,
          ...series,
          ...moved,
          'END:VCALENDAR',
          '',
        ].join('\r\n'),
      )
      const fresh = await caldav.freshBusy!(session, calendar, {
        start: Date.UTC(2027, 2, 3),
        end: Date.UTC(2027, 3, 30),
      })
      const starts = fresh
        .filter(({ uid }) => uid === 'series')
        .map(({ start: at }) => new Date(at).toISOString().slice(0, 16))
      expect(starts).toEqual(['2027-03-17T14:00', '2027-03-23T09:00', '2027-03-30T08:00', '2027-04-06T08:00'])
    })
  })
}

/** Half an hour with Bob on 1 March 2027, ten o'clock in Rome. */
export const bookingDraft = (uid: string, more: Partial<EventDraft> = {}): EventDraft => ({
  uid,
  sequence: 0,
  span: { start: Date.UTC(2027, 2, 1, 9), end: Date.UTC(2027, 2, 1, 9, 30) },
  zone: 'Europe/Rome',
  title: 'Introduction with Bob',
  description: '',
  location: '',
  url: null,
  organizer: { name: 'Alice', email: 'alice@example.test' },
  attendees: [{ name: 'Bob', email: 'bob@example.test' }],
  ...more,
})

/** As another calendar program writes an event: no mark of ours in it. */
export const foreign = (uid: string, title: string, span: Span): string =>
  writeObject(
    {
      uid,
      sequence: 0,
      stamp: Date.UTC(2026, 0, 1),
      span,
      zone: 'UTC',
      title,
      description: '',
      location: '',
      url: null,
      organizer: { name: 'Alice', email: 'alice@example.test' },
      attendees: [],
    },
    'STORE',
  ).replace(/^(ORGANIZER|X-RITROVO).*\r\n( .*\r\n)*/gm, '')

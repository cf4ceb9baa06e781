import type { Span } from '#core/time/model.ts'
import type { CalendarProvider, Session } from '../provider.ts'
import { aboutCalendar, ownersOf, zoneIn } from './about.ts'
import { listCalendars } from './calendars.ts'
import { resolve } from './dav.ts'
import { createEvent, deleteEvent, readEvent, updateEvent } from './events.ts'
import { readObjects } from './expand-worker.ts'
import { queryWindow } from './objects.ts'
import { pull } from './pull.ts'

/** CalDAV (RFC 4791) with sync-collection (RFC 6578) where there is one. What of it we use: docs/providers/caldav.md. */
export const caldav: CalendarProvider = {
  listCalendars,
  pull,
  createEvent,
  updateEvent,
  deleteEvent,
  readEvent,
  freshBusy,
  watch: null,
  invites: 'us',
  calendarUid: (uid) => uid,
}

/**
 * The server says which objects may touch the window, we say when. Not its own free-busy-query: Radicale answers that
 * with something else and Xandikos with first instances only.
 */
async function freshBusy(
  session: Session,
  remoteId: string,
  window: Span,
): ReturnType<NonNullable<CalendarProvider['freshBusy']>> {
  const calendar = resolve(remoteId, new URL(session.address))
  const [about, texts] = await Promise.all([
    aboutOwner(session, calendar),
    queryWindow(session, calendar, window),
  ])
  const readings = await readObjects(texts, { window, zone: about.zone ?? session.zone, owner: about.owner })
  return readings.flatMap(
    (reading) =>
      reading?.occurrences.map(({ start, end, kind }) => ({ uid: reading.uid, start, end, kind })) ?? [],
  )
}

async function aboutOwner(session: Session, calendar: URL) {
  const about = await aboutCalendar(session, calendar)
  return { zone: zoneIn(about), owner: await ownersOf(session, calendar, about) }
}

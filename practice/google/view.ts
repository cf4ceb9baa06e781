import type { Zone } from '#core/time/model.ts'
import { zone as knownZone } from '#core/time/zone.ts'
import { atLeast, type Call } from './call.ts'
import { invalid, parameter } from './refusal.ts'
import type { Event } from './schema.ts'
import type { GoogleCalendar, Role } from './model.ts'
import { shown } from './time.ts'

export type Reader = {
  calendar: GoogleCalendar
  role: Role
  zone: Zone
  maxAttendees: number
  onlyBusy: boolean
}

export function readerOf(
  { scopes }: Call,
  calendar: GoogleCalendar,
  role: Role,
  query: { timeZone?: string | undefined; maxAttendees?: number | undefined },
): Reader {
  const zone = query.timeZone === undefined ? calendar.zone : knownZone(query.timeZone)
  if (zone === null) throw invalid('Invalid value for: timeZone.', parameter('timeZone'))
  const onlyBusy = !scopes.some((scope) =>
    /\/auth\/calendar($|\.readonly$|\.app\.created$|\.events($|\.(owned|readonly|public|owned\.readonly)))/.test(
      scope,
    ),
  )
  return { calendar, role, zone, maxAttendees: query.maxAttendees ?? Infinity, onlyBusy }
}

const link = (event: Event, calendar: GoogleCalendar): string =>
  `https://www.google.com/calendar/event?eid=${Buffer.from(`${event.id} ${calendar.id}`).toString('base64url')}`

/** The event as this reader gets it. */
export function view(event: Event, { calendar, role, zone, maxAttendees, onlyBusy }: Reader): Event {
  const times = {
    ...(event.start ? { start: shown(event.start, zone) } : {}),
    ...(event.end ? { end: shown(event.end, zone) } : {}),
    ...(event.originalStartTime ? { originalStartTime: shown(event.originalStartTime, zone) } : {}),
  }
  const self = (email: string | undefined) => (email === calendar.id ? { self: true } : {})
  // accessRole in the discovery document: details of private events are for writers and owners only, and of all events for readers.
  const secret =
    onlyBusy ||
    !atLeast(role, 'reader') ||
    (!atLeast(role, 'writer') && ['private', 'confidential'].includes(event.visibility ?? ''))
  if (secret) {
    const {
      kind,
      etag,
      id,
      status,
      updated,
      created,
      iCalUID,
      sequence,
      eventType,
      recurrence,
      recurringEventId,
      transparency,
    } = event
    return whole({
      kind,
      etag,
      id,
      status,
      updated,
      created,
      iCalUID,
      sequence,
      eventType,
      recurrence,
      recurringEventId,
      transparency,
      visibility: 'private',
      ...times,
    })
  }
  const all = (event.attendees ?? []).map((attendee) => ({
    ...attendee,
    ...(attendee.email === event.organizer?.email ? { organizer: true } : {}),
    ...self(attendee.email),
  }))
  const attendees = all.length > maxAttendees ? all.filter((attendee) => attendee.self) : all
  return whole({
    ...event,
    ...times,
    htmlLink: link(event, calendar),
    ...(event.creator ? { creator: { ...event.creator, ...self(event.creator.email) } } : {}),
    ...(event.organizer ? { organizer: { ...event.organizer, ...self(event.organizer.email) } } : {}),
    attendees: all.length > 0 ? attendees : undefined,
    attendeesOmitted: attendees.length < all.length ? true : undefined,
  })
}

const whole = (event: Event): Event =>
  Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined)) as Event

/** Of the cancelled only these fields are sure to be there (Event.status in the discovery document), so a list gives no others. */
export function tombstone({ etag, id, recurringEventId, originalStartTime }: Event, zone: Zone): Event {
  return {
    kind: 'calendar#event',
    etag: etag!,
    id: id!,
    status: 'cancelled',
    ...(recurringEventId && originalStartTime
      ? { recurringEventId, originalStartTime: shown(originalStartTime, zone) }
      : {}),
  }
}

import { compose, readFields, revise } from './compose.ts'
import { findStored, settleSeries } from './find.ts'
import { propagate } from './invite.ts'
import type { Event } from './schema.ts'
import type { GoogleCalendar, ResponseStatus } from './model.ts'
import type { GoogleStore } from './store.ts'
import { isDay, spanOf, written } from './time.ts'
import { dateOf } from '#core/time/wall.ts'
import type { Span } from '#core/time/model.ts'

// The owner in Google's own calendar: no tokens, no scopes, and nothing refused but what no calendar could hold.

export function putByOwner(
  store: GoogleStore,
  calendar: GoogleCalendar,
  given: Partial<Event>,
  span: Span,
): Event {
  const old = given.id === undefined ? null : findStored(calendar, given.id)
  const plain = given as Event
  if (old && old.status !== 'cancelled')
    return keep(store, calendar, old, revise(calendar, old, readFields(plain, calendar, false), undefined))
  const times = {
    start: { dateTime: written(span.start, calendar.zone), timeZone: calendar.zone },
    end: { dateTime: written(span.end, calendar.zone), timeZone: calendar.zone },
  }
  const made = compose(store, calendar, given.creator?.email ?? calendar.owner, { ...times, ...plain })
  return keep(store, calendar, null, {
    ...made,
    ...(given.organizer ? { organizer: given.organizer } : {}),
    ...(given.created ? { created: given.created } : {}),
  })
}

export function moveByOwner(
  store: GoogleStore,
  calendar: GoogleCalendar,
  id: string,
  start: number,
  end: number | undefined,
): Event {
  const old = present(calendar, id)
  const was = spanOf(old, calendar.zone)
  const until = end ?? start + was.end - was.start
  const zone = old.start!.timeZone ?? calendar.zone
  const times = isDay(old)
    ? { start: { date: dateOf(calendar.zone, start) }, end: { date: dateOf(calendar.zone, until) } }
    : {
        start: { dateTime: written(start, zone), timeZone: zone },
        end: { dateTime: written(until, zone), timeZone: zone },
      }
  return keep(store, calendar, old, revise(calendar, old, times, undefined))
}

export function deleteByOwner(store: GoogleStore, calendar: GoogleCalendar, id: string): void {
  const old = present(calendar, id)
  keep(store, calendar, old, { ...old, status: 'cancelled' })
}

export function respondFor(
  store: GoogleStore,
  calendar: GoogleCalendar,
  id: string,
  email: string,
  status: ResponseStatus,
): Event {
  const old = present(calendar, id)
  const attendees = old.attendees ?? []
  if (!attendees.some((attendee) => attendee.email === email))
    throw new Error(`${email} is not invited to ${id}`)
  return keep(store, calendar, old, {
    ...old,
    attendees: attendees.map((attendee) =>
      attendee.email === email ? { ...attendee, responseStatus: status } : attendee,
    ),
  })
}

function present(calendar: GoogleCalendar, id: string): Event {
  const found = findStored(calendar, id)
  if (!found || found.status === 'cancelled') throw new Error(`no event ${id} in ${calendar.id}`)
  return found
}

function keep(store: GoogleStore, calendar: GoogleCalendar, old: Event | null, next: Event): Event {
  const kept = store.keep(calendar, next, calendar.stored.get(next.id!)?.waits ?? null)
  if (old) settleSeries(store, calendar, old, kept)
  propagate(store, calendar, old, kept)
  return kept
}

import type { Instant, Span, Zone } from '#core/time/model.ts'
import { transitionsOf } from '#core/time/transitions.ts'
import { instantOf, UTC, wallOf } from './clock.ts'
import { encodeAddress, encodeParam, encodeText, writeLines } from './encode.ts'
import { wordsOf, writeMark } from './words.ts'
import type { Words } from './words.ts'
import { stampOf, writeZone } from './vtimezone.ts'

export type Answer = 'needs-action' | 'accepted' | 'declined' | 'tentative'
export type Person = { name: string; email: string }

/** A booking as it stands in calendars and invitations. */
export type CalendarEvent = {
  /** Stable for the life of the booking; with a growing `sequence` it makes every copy replace the one before (RFC 5546). */
  uid: string
  sequence: number
  /** When this revision was written. */
  stamp: Instant
  span: Span
  /** The host's: the wall clock the event is shown on. */
  zone: Zone
  title: string
  description: string
  location: string
  url: string | null
  organizer: Person
  attendees: (Person & { answer?: Answer })[]
}

/** A METHOD of RFC 5546 for a letter; STORE for an object in a calendar, which may have none (RFC 4791 §4.1). */
export type Purpose = 'REQUEST' | 'CANCEL' | 'PUBLISH' | 'STORE'

export const PRODID = '-//Ritrovo//Ritrovo//EN'

/** One VCALENDAR with one VEVENT, whatever is in its texts. */
export function writeObject(event: CalendarEvent, purpose: Purpose): string {
  return writeLines([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `PRODID:${PRODID}`,
    'CALSCALE:GREGORIAN',
    ...(purpose === 'STORE' ? [] : [`METHOD:${purpose}`]),
    ...zoneLines(event),
    'BEGIN:VEVENT',
    `UID:${encodeText(event.uid)}`,
    ...timeLines(event, purpose === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED', event.sequence),
    ...wordLines(event),
    organizerLine(event.organizer, purpose),
    // A PUBLISH names nobody (RFC 5546 §3.2.1).
    ...(purpose === 'PUBLISH' ? [] : event.attendees.map((attendee) => attendeeLine(attendee, purpose))),
    'TRANSP:OPAQUE',
    ...(purpose === 'STORE' ? [writeMark(event)] : []),
    'END:VEVENT',
    'END:VCALENDAR',
  ])
}

/**
 * Times stand in the host's zone, not in UTC: the calendar shows and moves the event on the host's clock, and a change
 * of that zone's rules after the booking is seen instead of silently shifting the hour (D11). Only an hour that comes
 * twice cannot be told by its wall time; an event that begins or ends in the second of them is written in UTC.
 */
export function timeLines(
  event: CalendarEvent,
  status: 'CONFIRMED' | 'CANCELLED',
  sequence: number,
): string[] {
  const write = inUtc(event)
    ? (instant: Instant) => `:${stampOf(wallOf(UTC, instant))}Z`
    : (instant: Instant) => `;TZID=${event.zone}:${stampOf(wallOf(transitionsOf(event.zone), instant))}`
  return [
    `DTSTAMP:${stampOf(event.stamp)}Z`,
    `DTSTART${write(event.span.start)}`,
    `DTEND${write(event.span.end)}`,
    `SEQUENCE:${sequence}`,
    `STATUS:${status}`,
  ]
}

type When = Pick<CalendarEvent, 'zone' | 'span'>

export const zoneLines = (when: When): string[] => (inUtc(when) ? [] : writeZone(when.zone, when.span))

function inUtc({ zone, span }: When): boolean {
  if (zone === 'UTC') return true
  const clock = transitionsOf(zone)
  return [span.start, span.end].some((instant) => instantOf(clock, wallOf(clock, instant)) !== instant)
}

const wordLines = (words: Words): string[] =>
  wordsOf(words).flatMap(([name, value]) => (value === '' ? [] : [`${name}:${value}`]))

/**
 * SCHEDULE-AGENT=CLIENT (RFC 6638 §7.1): a server that sends invitations by itself leaves these people to us, who have
 * written to them already. One invitation, ever.
 */
export const organizerLine = ({ name, email }: Person, purpose: Purpose): string =>
  `ORGANIZER${purpose === 'STORE' ? ';SCHEDULE-AGENT=CLIENT' : ''};CN=${encodeParam(name)}:${encodeAddress(email)}`

export function attendeeLine(
  { name, email, answer }: CalendarEvent['attendees'][number],
  purpose: Purpose,
): string {
  const partstat = (answer ?? (purpose === 'STORE' ? 'accepted' : 'needs-action')).toUpperCase()
  const rsvp = purpose === 'REQUEST' && partstat === 'NEEDS-ACTION' ? ';RSVP=TRUE' : ''
  const agent = purpose === 'STORE' ? ';SCHEDULE-AGENT=CLIENT' : ''
  return `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=${partstat}${rsvp}${agent};CN=${encodeParam(name)}:${encodeAddress(email)}`
}

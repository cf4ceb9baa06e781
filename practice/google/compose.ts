import { createHash, randomBytes } from 'node:crypto'
import { checkRecurrence } from './series.ts'
import { invalid, required } from './refusal.ts'
import type { Attendee, Event } from './schema.ts'
import type { GoogleCalendar } from './model.ts'
import type { GoogleStore } from './store.ts'
import { checkOrder, readTime } from './time.ts'

const WORDS: Partial<Record<keyof Event, string[]>> = {
  status: ['confirmed', 'tentative', 'cancelled'],
  transparency: ['opaque', 'transparent'],
  visibility: ['default', 'public', 'private', 'confidential'],
  eventType: ['birthday', 'default', 'focusTime', 'fromGmail', 'outOfOffice', 'workingLocation'],
}
const ANSWERS = ['needsAction', 'declined', 'tentative', 'accepted']
const EMAIL = /^[^\s@<>,;]+@[^\s@<>,;]+$/

// Read-only or immutable in the reference (developers.google.com/workspace/calendar/api/v3/reference/events): what a client sends there
// is passed over without a word.
const OURS = [
  'kind',
  'etag',
  'created',
  'updated',
  'creator',
  'organizer',
  'htmlLink',
  'hangoutLink',
  'recurringEventId',
  'originalStartTime',
  'locked',
  'id',
  'iCalUID',
  'attendeesOmitted',
  'privateCopy',
  'conferenceData',
  'sequence',
  'endTimeUnspecified',
  'gadget',
] as const

/** The fields a client may set, each looked at. Times only where the body has them. */
export function readFields(body: Event, calendar: GoogleCalendar, recurring: boolean): Event {
  const fields: Event = { ...body }
  for (const name of OURS) delete fields[name]
  for (const [name, words] of Object.entries(WORDS)) {
    const value = fields[name as keyof Event]
    if (value !== undefined && !words.includes(String(value))) throw invalid(`Invalid value for: ${name}.`)
  }
  if (fields.recurrence) checkRecurrence(fields.recurrence)
  if (fields.recurrence?.length === 0) delete fields.recurrence
  if (fields.start) fields.start = readTime(fields.start, 'start', calendar.zone, recurring)
  if (fields.end) fields.end = readTime(fields.end, 'end', calendar.zone, recurring)
  if (fields.attendees) fields.attendees = fields.attendees.map(readAttendee)
  if (
    fields.reminders?.overrides &&
    (fields.reminders.useDefault === true || fields.reminders.overrides.length > 5)
  )
    throw invalid('Invalid value for: reminders.')
  if (fields.source?.url !== undefined && !/^https?:\/\//.test(fields.source.url))
    throw invalid('Invalid value for: source.url.')
  if (fields.extendedProperties) fields.extendedProperties = limited(fields.extendedProperties)
  return fields
}

function readAttendee(given: Attendee): Attendee {
  const { self: _, organizer: __, ...attendee } = given
  if (attendee.email === undefined) throw required('Missing attendee email.')
  if (!EMAIL.test(attendee.email)) throw invalid('Invalid attendee email.')
  if (attendee.responseStatus !== undefined && !ANSWERS.includes(attendee.responseStatus))
    throw invalid('Invalid value for: responseStatus.')
  return { responseStatus: 'needsAction', ...attendee, email: attendee.email.toLowerCase() }
}

// developers.google.com/workspace/calendar/api/guides/extended-properties#limits: longer keys are dropped, longer values cut, silently.
function limited(properties: NonNullable<Event['extendedProperties']>): Event['extendedProperties'] {
  const cut = (given: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(given)
        .filter(([name]) => name.length <= 44)
        .map(([name, value]) => [name, value.slice(0, 1024)]),
    )
  return {
    ...(properties.private ? { private: cut(properties.private) } : {}),
    ...(properties.shared ? { shared: cut(properties.shared) } : {}),
  }
}

export const newId = (): string =>
  BigInt(`0x${randomBytes(16).toString('hex')}`)
    .toString(32)
    .padStart(26, '0')

/** The organizer of what is made in a calendar is that calendar. */
export const organizerOf = (
  store: GoogleStore,
  calendar: GoogleCalendar,
): NonNullable<Event['organizer']> => {
  const user = store.users.get(calendar.id)
  return { email: calendar.id, displayName: user?.name ?? calendar.summary }
}

/** A new event, whole. */
export function compose(store: GoogleStore, calendar: GoogleCalendar, creator: string, body: Event): Event {
  const fields = readFields(body, calendar, (body.recurrence ?? []).length > 0)
  if (!fields.start) throw readTime(undefined, 'start', calendar.zone, false)
  if (!fields.end) throw readTime(undefined, 'end', calendar.zone, false)
  checkOrder(fields, calendar.zone)
  const id = body.id ?? newId()
  const name = store.users.get(creator)?.name
  return {
    status: 'confirmed',
    eventType: 'default',
    reminders: { useDefault: true },
    ...fields,
    kind: 'calendar#event',
    id,
    iCalUID: body.iCalUID ?? `${id}@google.com`,
    sequence: body.sequence ?? 0,
    created: new Date(store.now()).toISOString(),
    creator: { email: creator, ...(name === undefined ? {} : { displayName: name }) },
    organizer: organizerOf(store, calendar),
  }
}

/**
 * What the event becomes when `changes` are laid over it. The sequence rises when invited people must look again: other times or
 * another rule (RFC 5546 §2.1.4); a client may raise it, and never lower it.
 */
export function revise(
  calendar: GoogleCalendar,
  old: Event,
  changes: Event,
  asked: number | undefined,
): Event {
  if (changes.eventType !== undefined && changes.eventType !== old.eventType)
    throw invalid('Invalid value for: eventType.')
  const next: Event = { ...old, ...changes }
  if (!next.start) throw readTime(undefined, 'start', calendar.zone, false)
  if (!next.end) throw readTime(undefined, 'end', calendar.zone, false)
  checkOrder(next, calendar.zone)
  const current = old.sequence ?? 0
  if (asked !== undefined && asked < current)
    throw invalid(
      'Invalid sequence value. The specified sequence number is below the current sequence number of the resource. Re-fetch the resource and use its sequence number on the following request.',
    )
  const significant =
    digest([old.start, old.end, old.recurrence]) !== digest([next.start, next.end, next.recurrence])
  next.sequence = Math.max(asked ?? 0, current + (significant ? 1 : 0))
  return next
}

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

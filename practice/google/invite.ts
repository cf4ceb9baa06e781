import type { Event } from './schema.ts'
import type { GoogleCalendar, GoogleLetter } from './model.ts'
import type { GoogleStore } from './store.ts'

// An event with attendees is one event in several calendars: each invited person of Google has a copy under the same id and iCalUID
// (developers.google.com/workspace/calendar/api/concepts/sharing#inviting_attendees_to_events).
const SHARED = [
  'summary',
  'description',
  'location',
  'start',
  'end',
  'recurrence',
  'recurringEventId',
  'originalStartTime',
  'attendees',
  'organizer',
  'creator',
  'created',
  'sequence',
  'iCalUID',
  'id',
  'kind',
  'eventType',
  'conferenceData',
  'hangoutLink',
  'guestsCanModify',
  'guestsCanInviteOthers',
  'guestsCanSeeOtherGuests',
] as const

const sharedPart = (event: Event): Event =>
  Object.fromEntries(
    SHARED.filter((name) => event[name] !== undefined).map((name) => [name, event[name]]),
  ) as Event

const invited = (event: Event | null): string[] =>
  event && event.status !== 'cancelled' ? (event.attendees ?? []).map((attendee) => attendee.email!) : []

/** Carries the organizer's version into the calendars of those invited, and an invited person's answer back to the organizer. */
export function propagate(
  store: GoogleStore,
  calendar: GoogleCalendar,
  old: Event | null,
  next: Event,
): void {
  if (next.organizer?.email !== calendar.id) return answer(store, calendar, next)
  const present = invited(next)
  for (const email of new Set([...invited(old), ...present])) {
    const theirs = email === calendar.id ? undefined : store.calendars.get(email)
    if (!theirs || !store.users.has(email)) continue
    const copy = theirs.stored.get(next.id!)?.event
    if (present.includes(email))
      store.keep(theirs, {
        reminders: { useDefault: true },
        ...copy,
        ...sharedPart(next),
        status: next.status,
      })
    else if (copy) store.keep(theirs, { ...copy, status: 'cancelled' })
  }
}

function answer(store: GoogleStore, calendar: GoogleCalendar, next: Event): void {
  const organizer = store.calendars.get(next.organizer?.email ?? '')
  const master = organizer?.stored.get(next.id!)?.event
  const mine = next.attendees?.find((attendee) => attendee.email === calendar.id)
  if (!organizer || !master || master.status === 'cancelled' || !mine) return
  // Who deletes an invitation from the own calendar has declined it.
  const responseStatus = next.status === 'cancelled' ? 'declined' : mine.responseStatus
  const known = master.attendees?.find((attendee) => attendee.email === calendar.id)
  if (!known || known.responseStatus === responseStatus) return
  store.keep(organizer, {
    ...master,
    attendees: master.attendees!.map((attendee) =>
      attendee.email === calendar.id ? { ...attendee, ...mine, responseStatus } : attendee,
    ),
  })
}

type Telling = {
  sendUpdates?: 'all' | 'externalOnly' | 'none' | undefined
  sendNotifications?: boolean | undefined
}

/** The letters Google writes; by default none (`sendUpdates` in the discovery document). */
export function tell(
  store: GoogleStore,
  calendar: GoogleCalendar,
  old: Event | null,
  next: Event,
  { sendUpdates, sendNotifications }: Telling,
): void {
  const who = sendUpdates ?? (sendNotifications ? 'all' : 'none')
  const before = invited(old)
  const after = invited(next)
  const letter = (kind: GoogleLetter['kind'], to: string) => {
    if (to !== calendar.id && (who === 'all' || (who === 'externalOnly' && !store.users.has(to))))
      store.letters.push({ kind, to, calendarId: calendar.id, eventId: next.id!, at: store.now() })
  }
  for (const email of after) letter(before.includes(email) ? 'update' : 'invitation', email)
  for (const email of before) if (!after.includes(email)) letter('cancellation', email)
}

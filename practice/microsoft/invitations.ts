import type { Attendee, Event } from './model.ts'
import type { PracticeStore } from './store.ts'

type Post = { kind: 'invitation' | 'update' | 'cancellation'; event: Event; to: Attendee[]; comment?: string }

/**
 * Exchange writes to the people in a meeting by itself and cannot be told not to
 * (learn.microsoft.com/graph/api/calendar-post-events: with attendees the server sends invitations).
 */
function send(store: PracticeStore, { kind, event, to, comment }: Post): void {
  const others = to.filter((one) => one.email.toLowerCase() !== event.organizer.email.toLowerCase())
  if (others.length === 0) return
  const subject = kind === 'cancellation' ? `Canceled: ${event.subject}` : event.subject
  store.addMail({
    kind,
    from: event.organizer.email,
    to: others.map((one) => one.email),
    subject,
    body: comment ?? event.body.content,
    uid: event.uid,
  })
  for (const one of others) inTheirCalendar(store, kind, event, one)
}

/** Whoever has a mailbox here finds the meeting in their own calendar. */
function inTheirCalendar(store: PracticeStore, kind: Post['kind'], event: Event, attendee: Attendee): void {
  const person = store.findPerson(attendee.email)
  if (!person?.mailbox) return
  const calendar = store.calendarOf(person.email)
  const theirs = store.eventsOf(calendar.id).find((one) => one.uid === event.uid)
  if (kind === 'cancellation')
    return void (
      theirs &&
      store.changeEvent(theirs.id, {
        isCancelled: true,
        showAs: 'free',
        subject: `Canceled: ${event.subject}`,
      })
    )
  const {
    subject,
    body,
    location,
    span,
    isAllDay,
    zones,
    sensitivity,
    importance,
    organizer,
    attendees,
    hideAttendees,
    responseRequested,
    allowNewTimeProposals,
    joinUrl,
    isOnlineMeeting,
    meetingProvider,
    recurrence,
    exceptions,
  } = event
  const shared = {
    subject,
    body,
    location,
    span,
    isAllDay,
    zones,
    sensitivity,
    importance,
    organizer,
    hideAttendees,
    responseRequested,
    allowNewTimeProposals,
    joinUrl,
    isOnlineMeeting,
    meetingProvider,
    recurrence,
    exceptions,
    attendees: hideAttendees ? [attendee] : attendees,
  }
  const moved = theirs && (theirs.span.start !== span.start || theirs.span.end !== span.end)
  if (theirs)
    store.changeEvent(theirs.id, {
      ...shared,
      ...(moved ? { answer: 'notResponded' as const, showAs: 'tentative' as const } : {}),
    })
  else
    store.addEvent(calendar.id, {
      ...shared,
      uid: event.uid,
      isOrganizer: false,
      showAs: 'tentative',
      answer: 'notResponded',
    })
}

const missingFrom = (one: Attendee[], other: Attendee[]): Attendee[] =>
  one.filter(({ email }) => !other.some((each) => each.email.toLowerCase() === email.toLowerCase()))
const told = ({ subject, body, location, span, isAllDay, recurrence, exceptions, joinUrl }: Event): string =>
  JSON.stringify([subject, body, location, span, isAllDay, recurrence, exceptions, joinUrl])

/**
 * After a write by an app or in Outlook: new people are invited, those taken out are told, and the rest hear of it when what they see
 * has changed (learn.microsoft.com/graph/api/event-update#notes-for-updating-specific-properties).
 */
export function tellAttendees(store: PracticeStore, before: Event | null, after: Event): void {
  if (!after.isOrganizer || after.isCancelled) return
  send(store, {
    kind: 'invitation',
    event: after,
    to: before ? missingFrom(after.attendees, before.attendees) : after.attendees,
  })
  if (!before) return
  send(store, { kind: 'cancellation', event: after, to: missingFrom(before.attendees, after.attendees) })
  if (told(before) !== told(after))
    send(store, {
      kind: 'update',
      event: after,
      to: after.attendees.filter((one) =>
        before.attendees.some((old) => old.email.toLowerCase() === one.email.toLowerCase()),
      ),
    })
}

export function tellCancelled(store: PracticeStore, event: Event, comment?: string): void {
  if (event.isOrganizer)
    send(store, {
      kind: 'cancellation',
      event,
      to: event.attendees,
      ...(comment === undefined ? {} : { comment }),
    })
}

/** The answer of the mailbox's owner: in their own calendar, at the organizer's, and by mail if it is to be sent. */
export function answerInvitation(
  store: PracticeStore,
  event: Event,
  answer: 'accepted' | 'declined' | 'tentativelyAccepted',
  options: { send: boolean; comment: string },
): void {
  const owner = store.ownerOf(event)
  store.changeEvent(event.id, {
    answer,
    showAs: answer === 'accepted' ? 'busy' : answer === 'declined' ? 'free' : 'tentative',
    attendees: event.attendees.map((one) =>
      one.email.toLowerCase() === owner.email.toLowerCase() ? { ...one, answer, at: store.now() } : one,
    ),
  })
  if (answer === 'declined' && !store.keepsDeclined) store.deleteEvent(event.id)
  if (!options.send) return
  store.addMail({
    kind: 'response',
    from: owner.email,
    to: [event.organizer.email],
    subject: `${{ accepted: 'Accepted', declined: 'Declined', tentativelyAccepted: 'Tentative' }[answer]}: ${event.subject}`,
    body: options.comment,
    uid: event.uid,
  })
  const organizer = store.findPerson(event.organizer.email)
  const theirs =
    organizer &&
    [...store.events.values()].find(
      (one) => one.uid === event.uid && one.isOrganizer && store.ownerOf(one).id === organizer.id,
    )
  if (theirs) store.respond(theirs.id, owner.email, answer)
}

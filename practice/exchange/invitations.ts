import type { Attendee, Item, Mail, ResponseType } from './model.ts'
import type { PracticeStore } from './store.ts'

export type Mode =
  | 'SendToNone'
  | 'SendOnlyToAll'
  | 'SendOnlyToChanged'
  | 'SendToAllAndSaveCopy'
  | 'SendToChangedAndSaveCopy'
type Post = {
  kind: 'invitation' | 'update' | 'cancellation'
  item: Item
  to: Attendee[]
  saved: boolean
  comment?: string
  /** One day of a series only. */ date?: string
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
const KINDS = {
  invitation: 'MeetingRequest',
  update: 'MeetingRequest',
  cancellation: 'MeetingCancellation',
} as const

function send(store: PracticeStore, { kind, item, to, saved, comment, date }: Post): void {
  const others = to.filter((one) => !same(one.email, item.organizer.email))
  if (others.length === 0) return
  const subject = kind === 'cancellation' ? `Canceled: ${item.subject}` : item.subject
  const addresses = others.map(({ email }) => email)
  store.addMail({
    kind,
    from: item.organizer.email,
    to: addresses,
    subject,
    body: comment ?? item.body.text,
    uid: item.uid,
    inSentItems: saved,
  })
  for (const one of others) deliver(store, { kind, item, date }, one.email, subject, addresses)
}

/** Whoever has a mailbox here finds the letter in it, and the meeting in their calendar: Exchange's calendar attendant writes it there. */
function deliver(
  store: PracticeStore,
  { kind, item, date }: Pick<Post, 'kind' | 'item'> & { date: string | undefined },
  email: string,
  subject: string,
  to: string[],
): void {
  const person = store.findPerson(email)
  if (person?.mailbox !== 'here') return
  const {
    subject: title,
    body,
    location,
    span,
    isAllDay,
    zones,
    sensitivity,
    importance,
    organizer,
    attendees,
    responseRequested,
    sequence,
    recurrence,
    exceptions,
    uid,
  } = item
  const shared = {
    subject: title,
    body,
    location,
    span,
    isAllDay,
    zones,
    sensitivity,
    importance,
    organizer,
    attendees,
    responseRequested,
    sequence,
    recurrence,
    exceptions,
    uid,
  }
  const letter = {
    from: item.organizer.email,
    to,
    cc: [],
    isRead: false,
    mime: null,
    internetId: `<${item.changeKey}@practice.example>`,
  }
  const received = { ...shared, isOrganizer: false, answer: 'NoResponseReceived' as ResponseType }
  store.addItem(store.folderOf(person.id, 'inbox').id, {
    ...received,
    kind: KINDS[kind],
    subject,
    mail: letter,
  })
  const calendar = store.folderOf(person.id, 'calendar').id
  const theirs = store.events(email).find((one) => one.uid === item.uid)
  if (kind === 'cancellation' && date !== undefined)
    return void (theirs && store.changeOccurrence(theirs.id, date, 'removed'))
  if (kind === 'cancellation')
    return void (theirs && store.changeEvent(theirs.id, { isCancelled: true, showAs: 'Free', subject }))
  if (!theirs) return void store.addItem(calendar, { ...received, showAs: 'Tentative' })
  const moved = theirs.span.start !== item.span.start || theirs.span.end !== item.span.end
  store.changeEvent(
    theirs.id,
    moved
      ? { ...received, showAs: 'Tentative' }
      : { ...received, showAs: theirs.showAs, answer: theirs.answer },
  )
}

const missingFrom = (one: Attendee[], other: Attendee[]): Attendee[] =>
  one.filter(({ email }) => !other.some((each) => same(each.email, email)))
const told = ({ subject, body, location, span, isAllDay, recurrence, exceptions }: Item): string =>
  JSON.stringify([subject, body, location, span, isAllDay, recurrence, exceptions])

/**
 * After a write: who is new is invited, who was taken out is told, and the rest hear of a change — unless only those changed are to
 * (learn.microsoft.com/exchange/client-developer/web-service-reference/updateitem, SendMeetingInvitationsOrCancellations).
 */
export function tellAttendees(
  store: PracticeStore,
  before: Item | null,
  after: Item,
  mode: Mode,
  people: Attendee[] = after.attendees,
): Item {
  if (mode === 'SendToNone' || !after.isOrganizer || after.isCancelled) return after
  const saved = mode.endsWith('SaveCopy')
  const known = people.filter(({ email }) => after.invited.includes(email.toLowerCase()))
  send(store, { kind: 'invitation', item: after, to: people.filter((one) => !known.includes(one)), saved })
  if (before) {
    const gone = missingFrom(before.attendees, after.attendees).filter(({ email }) =>
      before.invited.includes(email.toLowerCase()),
    )
    send(store, { kind: 'cancellation', item: after, to: gone, saved })
    const all = mode === 'SendOnlyToAll' || mode === 'SendToAllAndSaveCopy'
    if (all && told(before) !== told(after)) send(store, { kind: 'update', item: after, to: known, saved })
  }
  const invited = after.attendees.map(({ email }) => email.toLowerCase())
  return invited.join() === after.invited.join() ? after : store.changeEvent(after.id, { invited })
}

export function tellCancelled(
  store: PracticeStore,
  item: Item,
  mode: Mode,
  more: Pick<Post, 'comment' | 'date'> = {},
): void {
  if (!item.isOrganizer || mode === 'SendToNone') return
  send(store, { kind: 'cancellation', item, to: item.attendees, saved: mode.endsWith('SaveCopy'), ...more })
}

const SAID = { Accept: 'Accepted', Tentative: 'Tentative', Decline: 'Declined' } as const

/** The answer of the mailbox's owner: in their own calendar, at the organizer's, and by mail if it is to be sent. */
export function answerInvitation(
  store: PracticeStore,
  meeting: Item,
  answer: keyof typeof SAID,
  options: { send: boolean; saved: boolean; comment: string },
): Item {
  const owner = store.ownerOf(meeting)
  const showAs = ({ Accept: 'Busy', Tentative: 'Tentative', Decline: 'Free' } as const)[answer]
  const mine = store.changeEvent(meeting.id, { answer, answeredAt: store.now(), showAs })
  if (answer === 'Decline' && !store.keepsDeclined)
    store.moveToCalendar(mine.id, store.folderOf(owner.id, 'deleteditems').id)
  if (options.send) {
    const mail: Omit<Mail, 'at' | 'mime'> = {
      kind: 'response',
      from: owner.email,
      to: [meeting.organizer.email],
      subject: `${SAID[answer]}: ${meeting.subject}`,
      body: options.comment,
      uid: meeting.uid,
      inSentItems: options.saved,
    }
    store.addMail(mail)
    const organizer = store.findPerson(meeting.organizer.email)
    const theirs =
      organizer && store.events(organizer.email).find((one) => one.uid === meeting.uid && one.isOrganizer)
    if (theirs) store.respond(theirs.id, owner.email, answer)
  }
  return mine
}

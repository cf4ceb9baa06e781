import type { Instant, Span } from '#core/time/model.ts'
import type { Recurrence } from './recurrence.ts'

export type Person = {
  id: string
  email: string
  name: string
  /** What is signed in with, as `DOMAIN\user`, `user` or the address. */
  domain: string
  user: string
  password: string
  /** IANA. */
  zone: string
  /** 'none': the account has no mailbox; 'moving': on its way to another server; 'cloud': in Microsoft 365, where this way in is shut. */
  mailbox: 'here' | 'none' | 'moving' | 'cloud'
}
export type Folder = {
  id: string
  changeKey: string
  /** When it last changed, on the store's own counter. */
  changed: number
  owner: string
  parent: string | null
  name: string
  /** `IPF.Appointment` for calendars, `IPF.Note` for mail. */
  class: string
  /** Its name among the DistinguishedFolderIds. */
  distinguished: string | null
  canEdit: boolean
}
export type ResponseType = 'Unknown' | 'Organizer' | 'Tentative' | 'Accept' | 'Decline' | 'NoResponseReceived'
export type Attendee = {
  name: string
  email: string
  type: 'required' | 'optional' | 'resource'
  answer: ResponseType
  at: Instant | null
}
export type ShowAs = 'Free' | 'Tentative' | 'Busy' | 'OOF' | 'WorkingElsewhere' | 'NoData'
export type Sensitivity = 'Normal' | 'Personal' | 'Private' | 'Confidential'
export type Body = { type: 'HTML' | 'Text'; text: string }
/** A named property of another program's making: `field` is its ExtendedFieldURI, written in one way. */
export type Extended = { field: string; values: string[] }
/** What became of one occurrence of a series, by the date in the series it stands for. */
export type Exception =
  | { kind: 'removed' }
  | { kind: 'changed'; span: Span; fields: Partial<Item>; changeKey: string }
/** Never changed in place: each change puts a new one in its stead. */
export type Item = {
  /** Another after each move; never shown. */
  serial: number
  /** Another after each move; case-sensitive, and for every id there may be one that differs in case only. */
  id: string
  folder: string
  changeKey: string
  changed: number
  kind: 'CalendarItem' | 'Message' | 'MeetingRequest' | 'MeetingCancellation' | 'MeetingResponse'
  uid: string
  madeAt: Instant
  changedAt: Instant
  subject: string
  body: Body
  location: string
  /** Of all-day events: midnight to midnight in the zone they were made in. */
  span: Span
  isAllDay: boolean
  /** Windows names. */
  zones: { start: string; end: string }
  showAs: ShowAs
  sensitivity: Sensitivity
  importance: 'Low' | 'Normal' | 'High'
  organizer: { name: string; email: string }
  isOrganizer: boolean
  attendees: Attendee[]
  answer: ResponseType
  answeredAt: Instant | null
  isCancelled: boolean
  categories: string[]
  responseRequested: boolean
  allowNewTimeProposal: boolean
  reminderIsSet: boolean
  reminderMinutes: number
  sequence: number
  /** Who has been told of it, in lower case. */
  invited: string[]
  extended: Extended[]
  recurrence: Recurrence | null
  exceptions: Record<string, Exception>
  /** Mail only. */
  mail: {
    from: string
    to: string[]
    cc: string[]
    isRead: boolean
    mime: string | null
    internetId: string
  } | null
}
/** What leaves a mailbox: letters people send, and what Exchange itself writes about meetings. */
export type Mail = {
  kind: 'message' | 'invitation' | 'update' | 'cancellation' | 'response'
  from: string
  to: string[]
  subject: string
  body: string
  at: Instant
  /** The whole message, where it was sent as MIME. */
  mime: string | null
  /** The meeting it is about. */
  uid: string | null
  inSentItems: boolean
}
export type EventType =
  | 'CreatedEvent'
  | 'ModifiedEvent'
  | 'DeletedEvent'
  | 'MovedEvent'
  | 'CopiedEvent'
  | 'NewMailEvent'
  | 'FreeBusyChangedEvent'
export type Subscription = {
  id: string
  owner: string
  kind: 'streaming' | 'pull'
  /** null: every folder of the mailbox. */
  folders: string[] | null
  types: EventType[]
  /** Pull: how long it waits for the next question. */
  until: Instant
}
/** What another app, or a test, says about an event; whatever it leaves out has a plain default. */
export type Wish = Partial<
  Omit<
    Item,
    'id' | 'serial' | 'folder' | 'changeKey' | 'changed' | 'span' | 'attendees' | 'body' | 'zones' | 'mail'
  >
> & {
  start: Instant
  end: Instant
  /** Windows or IANA name; the owner's zone when absent. */
  zone?: string
  body?: string
  attendees?: { name?: string; email: string; answer?: ResponseType; type?: Attendee['type'] }[]
}
export type Happening = {
  kind: 'created' | 'modified' | 'deleted' | 'moved'
  item: Item
  from?: { id: string; folder: string }
}

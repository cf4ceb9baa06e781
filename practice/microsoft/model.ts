import type { Instant, Span } from '#core/time/model.ts'
import type { Recurrence } from './recurrence.ts'

/** Everyone with a personal Microsoft account lives here: learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
export const PERSONAL_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad'

export type Tenant = {
  id: string
  domain: string
  /** 'approval': only an administrator may let an app in; 'approved': one has. */
  admin: 'open' | 'approval' | 'approved'
}
export type Person = {
  id: string
  tenant: string
  email: string
  name: string
  /** IANA. */
  zone: string
  /** false: the account exists, the mailbox does not. */
  mailbox: boolean
  /** What the person said yes to, by client id. */
  consents: Record<string, string[]>
}
export type MeetingProvider = 'teamsForBusiness' | 'skypeForBusiness' | 'skypeForConsumer'
export type Calendar = {
  id: string
  owner: string
  name: string
  hexColor: string
  isDefault: boolean
  canEdit: boolean
  /** Which meetings with a link it can make. */
  meetings: MeetingProvider[]
  /** false: `calendarView/delta` is refused on it. */
  delta: boolean
}
export type Answer = 'none' | 'organizer' | 'tentativelyAccepted' | 'accepted' | 'declined' | 'notResponded'
export type Attendee = {
  name: string
  email: string
  type: 'required' | 'optional' | 'resource'
  answer: Answer
  at: Instant | null
}
export type ShowAs = 'free' | 'tentative' | 'busy' | 'oof' | 'workingElsewhere' | 'unknown'
/** What became of one occurrence of a series, by the date in the series it stands for. */
export type Exception =
  | { kind: 'removed' }
  | { kind: 'changed'; span: Span; subject: string; changeKey: string }
/** Never changed in place: each change puts a new one in its stead, so that whoever holds one keeps what it saw. */
export type Event = {
  /** Lives as long as the event, wherever it moves: what `Prefer: IdType="ImmutableId"` shows. */
  id: string
  /** Another after each move to another calendar: what everyone else is shown. */
  place: string
  calendar: string
  uid: string
  changeKey: string
  /** When it last changed, on the store's own counter. */
  changed: number
  madeAt: Instant
  changedAt: Instant
  subject: string
  body: { contentType: 'text' | 'html'; content: string }
  location: string
  /** Of all-day events: midnight UTC of their dates, wherever they were made. */
  span: Span
  isAllDay: boolean
  /** The names under which start and end were given, mostly Windows names. */
  zones: { start: string; end: string }
  showAs: ShowAs
  sensitivity: 'normal' | 'personal' | 'private' | 'confidential'
  importance: 'low' | 'normal' | 'high'
  organizer: { name: string; email: string }
  isOrganizer: boolean
  attendees: Attendee[]
  answer: Answer
  isCancelled: boolean
  categories: string[]
  hideAttendees: boolean
  responseRequested: boolean
  allowNewTimeProposals: boolean
  isReminderOn: boolean
  reminderMinutesBeforeStart: number
  transactionId: string | null
  extended: { id: string; value: string }[]
  isOnlineMeeting: boolean
  meetingProvider: MeetingProvider | 'unknown'
  joinUrl: string | null
  recurrence: Recurrence | null
  exceptions: Record<string, Exception>
}
/** What leaves a mailbox: letters people send, and what Exchange itself writes about meetings. */
export type Mail = {
  id: string
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
export type Subscription = {
  id: string
  owner: string
  client: string
  resource: string
  /** null: every calendar of the mailbox. */
  calendar: string | null
  changeTypes: ('created' | 'updated' | 'deleted')[]
  notificationUrl: string
  lifecycleNotificationUrl: string | null
  clientState: string | null
  until: Instant
  immutable: boolean
  /** Changes are not told until the app has said again that it may see them. */
  asleep: boolean
}
/** What another app, or a test, says about an event; whatever it leaves out has a plain default. */
export type Wish = Partial<
  Omit<Event, 'id' | 'place' | 'calendar' | 'changeKey' | 'changed' | 'span' | 'attendees' | 'body'>
> & {
  start: Instant
  end: Instant
  /** Windows or IANA name; the owner's zone when absent. */
  zone?: string
  body?: string
  attendees?: { name?: string; email: string; answer?: Answer; type?: Attendee['type'] }[]
}
export type Happening = { kind: 'created' | 'updated' | 'deleted'; event: Event }

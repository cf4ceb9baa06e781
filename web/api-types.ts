/** The shapes of /api/v1 as the browser reads them. Instants are epoch milliseconds. */
import type { Assignment, Horizon, WallSpan } from '#core/availability/model.ts'
import type { Locale } from '#core/locale/locale.ts'
import type { Instant, Zone } from '#core/time/model.ts'

export type Permission =
  | 'personal-email'
  | 'edit-others-pages'
  | 'manage-people'
  | 'manage-workspace'
  | 'see-all-contacts'
export type Theme = 'system' | 'light' | 'dark'
export type Seat = { kind: 'core' | 'sales' | 'service'; level: 'starter' | 'professional' | 'enterprise' }
export type BuiltIn = 'admin' | 'member'

export type Me = {
  user: { id: string; name: string; email: string; slug: string; locale: Locale; zone: Zone; theme: Theme }
  workspace: {
    id: string
    name: string
    locale: Locale
    zone: Zone
    seatGate: boolean
    severalAccounts: boolean
    meetingsByPrograms: boolean
  }
  role: { id: string; name: string; builtIn: BuiltIn | null }
  permissions: Permission[]
  seat: Seat | null
  mail: { practice: boolean }
}
export type SetupState = { open: boolean; keyOk?: boolean }
export type NewcomerDraft = { name: string; password: string; locale: Locale; zone: Zone }
export type FirstRunDraft = NewcomerDraft & { key: string; email: string; workspaceName: string }
export type ProfileChange = Partial<{ name: string; slug: string; locale: Locale; zone: Zone; theme: Theme }>
export type WorkspaceChange = Partial<Omit<Me['workspace'], 'id'>>

export type Role = { id: string; name: string; builtIn: BuiltIn | null; permissions: Permission[] }
export type Person = {
  id: string
  name: string
  email: string
  slug: string
  role: { id: string; name: string }
  seat: Seat | null
  disabled: boolean
}
export type Invitation = { id: string; email: string; roleId: string; expiresAt: Instant }
export type People = { people: Person[]; invitations: Invitation[]; roles: Role[] }
export type InvitationSeen = { email: string; workspaceName: string; known: boolean }

export type Contact = {
  id: string
  name: string
  email: string
  phone: string | null
  jobTitle: string | null
  company: { id: string; name: string } | null
  lastEntryAt: Instant | null
  nextMeetingAt: Instant | null
  locale: string | null
  zone: Zone | null
  source: string
  createdAt: Instant
}
export type ContactDraft = {
  name: string
  email: string
  phone?: string
  jobTitle?: string
  companyName?: string
}
export type EntryKind =
  | 'booked'
  | 'requested'
  | 'accepted'
  | 'declined'
  | 'moved'
  | 'cancelled'
  | 'note'
  | 'meeting'
  | 'meeting-moved'
  | 'meeting-gone'
  | 'letter'
  | 'answer'
export type TimelineEntry = {
  id: string
  kind: EntryKind
  at: Instant
  recordedAt: Instant
  bookingId: string | null
  author: { id: string; name: string } | null
  words: {
    title?: string
    start?: Instant
    end?: Instant
    from?: { start: Instant; end: Instant }
    place?: string
    text?: string
    by?: 'visitor' | 'host' | 'calendar'
    page?: string
    answer?: 'accepted' | 'declined'
  }
}

export type ReasonCode =
  | 'wrong-password'
  | 'forbidden'
  | 'not-found'
  | 'not-caldav'
  | 'tls'
  | 'dns'
  | 'connect'
  | 'timeout'
  | 'server-error'
  | 'too-large'
  | 'refused-address'
  | 'bad-answer'
  | 'no-calendars'
  | 'other-host'
  | 'plain-http'
  | 'slow-down'
  | 'write-refused'
  | 'signed-out'
  | 'app-refused'
export type ProviderName = 'google' | 'microsoft' | 'exchange' | 'caldav'
export type Calendar = {
  id: string
  name: string
  color: string | null
  zone: Zone | null
  writable: boolean
  checked: boolean
  destination: boolean
  syncedAt: Instant | null
  trouble: ReasonCode | null
  quarantined: boolean
  troubledEvents: number
  blocksTentative: boolean
  blocksUnanswered: boolean
  eventCount: number
  /** The account's own first calendar. */
  primary: boolean
  /** Which video link the provider can make for events written here. */
  conference: 'meet' | 'teams' | null
  health: CalendarHealth
}
export type CalendarHealth = 'fine' | 'degraded' | 'broken' | 'unread'
export type AccountRole = 'busy' | 'bookings' | 'crm' | 'mail'
export type Connection = {
  id: string
  provider: ProviderName
  account: string
  state: 'connecting' | 'connected' | 'broken'
  reason: ReasonCode | null
  since: Instant
  verifiedAt: Instant | null
  capabilities: Record<string, boolean>
  calendars: Calendar[]
  roles: AccountRole[]
  /** One half of a pair of accounts from before 13 March 2023. */
  legacy: 'calendar' | 'meetings' | null
  mailbox: boolean
  /** Only the mailbox is left of it. */
  calendarEnded: boolean
  grantedScopes: string[]
  /** When the provider will end the grant by itself, if that is known. */
  diesAt: Instant | null
  push: 'live' | 'polling'
}
export type Offer = { name: ProviderName; state: 'ready' | 'not-configured' | 'later'; testing: boolean }
export type Offers = {
  providers: Offer[]
  permitted: boolean
  connections: number
  rule: 'one' | 'several' | 'legacy'
  mayAdd: boolean
  legacy: { eligible: boolean; burned: boolean }
}
/** The providers one signs in at, instead of typing a password here. */
export type TripProvider = 'google' | 'microsoft'
export type Disclosure = {
  version: string
  lines: { key: string; text: string }[]
  scopes: { scope: string; why: string }[]
}
export type Trip = {
  provider: TripProvider
  mail: boolean
  loginHint?: string
  textVersion: string
  locale: Locale
  as?: 'replace' | 'add'
  roles?: AccountRole[]
  connectionId?: string
  purpose?: 'connect' | 'reconnect' | 'scopes'
  /** Where an earlier trip ended: only what was missing there is asked for. */
  landing?: string
}
export type WayOut = 'use' | 'again' | 'scope-only' | 'replace' | 'add' | 'other'
/** What a trip to a provider ended with, when not with a calendar. */
export type Landing = {
  code: string
  provider: TripProvider
  detail: {
    a?: string
    b?: string
    scope?: string
    effect?: string
    name?: string
    mail?: string
    approvalUrl?: string
    message?: string
  }
  ways: WayOut[]
  text: string
}
export type CaldavDraft = {
  address: string
  user: string
  password: string
  consent: { textVersion: string; locale: Locale }
  as?: 'replace' | 'add'
}
export type CalendarChange = Partial<{
  checked: boolean
  destination: boolean
  blocksTentative: boolean
  blocksUnanswered: boolean
}>
export type CheckStep = {
  step: 'read' | 'write' | 'live'
  ok: boolean
  detail: { events?: number; ms?: number; minutes?: number }
  reason?: ReasonCode
}
/** The consent receipt (S-075). */
export type Consent = {
  who: string
  provider: ProviderName
  account: string
  textVersion: string
  locale: Locale
  lines: string[]
  scopes: string[]
  refused: string[]
  mail: boolean
  givenAt: Instant
}
export type LedgerEntry = {
  id: string
  account: string
  provider: ProviderName
  feature: string
  act: 'read' | 'create' | 'change' | 'delete' | 'send' | 'watch' | 'sign-in'
  calendar: string | null
  subject: string | null
  times: number
  firstAt: Instant
  lastAt: Instant
}

export type TestOutcome = 'good' | 'unknown-client' | 'wrong-secret' | 'redirect-unknown' | 'unreachable'
export type ProviderApp = {
  provider: TripProvider
  clientId: string | null
  source: 'settings' | 'workspace' | 'none'
  redirectUri: string
  tenant: string | null
  testing: boolean
  testedAt: Instant | null
  testOutcome: TestOutcome | null
}
export type ProviderAppDraft = { clientId: string; clientSecret?: string; tenant?: string; testing: boolean }
export type InboxProvider = 'google' | 'microsoft' | 'exchange' | 'other'
export type SharedInbox = {
  id: string
  address: string
  provider: InboxProvider
  name: string
  members: { id: string; name: string }[]
}
export type SharedInboxDraft = {
  address: string
  provider: InboxProvider
  name: string
  members: string[]
  confirm?: boolean
}
export type Disconnected = { offlinePages: number; keptMeetings: number }

export type Place = { kind: 'video' | 'meet' | 'teams' | 'phone' | 'place' | 'ask'; value: string }
export type QuestionKind = 'text' | 'long' | 'choice' | 'many' | 'phone' | 'number' | 'date' | 'check'
export type Question = {
  id: string
  label: string
  kind: QuestionKind
  required: boolean
  options?: string[]
}
export type ReminderUnit = 'minutes' | 'hours' | 'days' | 'weeks'
export type Reminder = { n: number; unit: ReminderUnit }
export type WhenUnreadable = { kind: 'close' } | { kind: 'requests' } | { kind: 'last-known'; hours: number }
/** What a change its host makes in the calendar itself means for a booking. */
export type OnCalendarChange = {
  moved: 'reschedule' | 'ask' | 'ignore'
  deleted: 'cancel' | 'ask' | 'ignore'
  declined: 'cancel' | 'ask' | 'ignore'
}
export type EventType = {
  id: string
  title: string
  description: string
  location: Place
  durations: number[]
  increment: number
  bufferBefore: number
  bufferAfter: number
  notice: number
  horizon: Horizon
  perDay: number | null
  perWeek: number | null
  capacity: number
  assignment: Assignment
  hosts: { id: string; name: string; priority: number }[]
  scheduleId: string | null
  questions: Question[]
  consent: { required: boolean; text: string } | null
  reminders: Reminder[]
  guestsMax: number
  whenUnreadable: WhenUnreadable
  onCalendarChange: OnCalendarChange
  version: number
}
export type PageState = 'active' | 'offline' | 'paused'
export type OfflineReason = 'no-calendar' | 'broken' | 'no-destination' | 'reading' | 'stale'
export type Page = {
  id: string
  slug: string
  hostSlug: string
  url: string
  locale: 'auto' | Locale
  open: boolean
  listed: boolean
  mine: boolean
  mayEdit: boolean
  owner: { id: string; name: string }
  eventType: EventType
  state: PageState
  offlineReason: OfflineReason | null
  /** Of an active page that goes by what was last known: when that was. */
  lastKnownAt: Instant | null
  bookings: number
  requests: number
}
export type Template = 'first-meeting' | 'in-person' | 'quick-call'
export type PageDraft = { title?: string; duration?: number; slug?: string; template?: Template }
export type PageChange = Partial<Pick<Page, 'slug' | 'locale' | 'open' | 'listed'>> & {
  eventType?: Partial<EventType>
  version: number
}
export type Schedule = {
  id: string
  name: string
  zone: Zone
  weekly: WallSpan[][]
  overrides: { date: string; spans: WallSpan[] }[]
  isDefault: boolean
  version: number
}
export type ScheduleDraft = Pick<Schedule, 'name' | 'zone' | 'weekly' | 'overrides'>
export type ScheduleChange = Partial<ScheduleDraft & { isDefault: boolean }> & { version: number }
export type Preview = { days: { date: string; starts: Instant[] }[]; soonest: Instant[] }
export type Explained = { starts: { start: Instant; reasons: string[] }[] }

export type BookingState = 'requested' | 'confirmed' | 'declined' | 'cancelled' | 'expired'
export type ResendableKind = 'invite' | 'uninvite' | 'acknowledge' | 'propose' | 'decline'
export type Letter = { kind: string; state: LetterState; to: string; at: Instant }
export type LetterState = 'queued' | 'sending' | 'sent' | 'failed' | 'unknown' | 'practice'
export type Booking = {
  id: string
  state: BookingState
  start: Instant
  end: Instant
  zone: Zone
  title: string
  page: { id: string; title: string; url: string } | null
  contact: { id: string; name: string; email: string } | null
  name: string
  email: string
  guests: string[]
  answers: { label: string; value: string }[]
  location: Place
  calendarState: 'none' | 'writing' | 'standing' | 'failed'
  calendarReason: string | null
  standingAt: Instant | null
  conflict: boolean
  proposed: Instant[] | null
  letters: Letter[]
  revision: number
  visitorZone: Zone
  createdAt: Instant
  cancelledBy: 'visitor' | 'host' | 'calendar' | null
  cancelReason: string | null
  hosts: { id: string; name: string }[]
  /** Of a link that the calendar makes with the event. */
  joinUrl: string | null
  joinState: 'none' | 'pending' | 'ready' | 'failed'
  madeFrom: 'page' | 'record'
  /** What the visitor said in their own calendar. */
  visitorAnswer: 'accepted' | 'declined' | null
}
export type BookingTab = 'upcoming' | 'requests' | 'past' | 'cancelled'
/** `troubled`: to come, and not in the calendar. */
export type Today = { requests: number; meetings: Booking[]; next: Booking | null; troubled: Booking[] }

/** A change in the calendar that waits for its host's word. */
export type CalendarChangeSeen = {
  id: string
  bookingId: string
  kind: 'moved' | 'deleted' | 'declined'
  start: Instant | null
  end: Instant | null
  who: string | null
  noticedAt: Instant
  booking: { title: string; start: Instant; end: Instant; name: string }
}
export type MeetingDraft = {
  start: Instant
  duration: number
  title: string
  location: Place
  guests: string[]
  anyway?: boolean
}

export type OutboxLetter = {
  id: string
  kind: string
  recipient: string
  subject: string
  state: LetterState
  trouble: string | null
  createdAt: Instant
}
export type OpenedLetter = OutboxLetter & {
  html: string
  text: string
  ics: string | null
  headers: { name: string; value: string }[]
}

/** What a stranger may do without signing in; the rehearsal of the first run books like one. */
export type PublicBookingDraft = {
  start: Instant
  length: number
  zone: Zone
  name: string
  email: string
  answers: Record<string, string>
  guests: string[]
  consent: boolean
  locale: Locale
}

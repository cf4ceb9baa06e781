import type { EventKind } from '#core/icalendar/kind.ts'
import type { Instant, Span, Zone } from '#core/time/model.ts'

export type ProviderName = 'google' | 'microsoft' | 'exchange' | 'caldav'

/** Opaque to everyone but the provider that wrote it. */
export type SyncCursor = string

/** An opened connection: where, with which secret, through which door. Lives for one verb, never stored. */
export type Session = {
  /** Base address of the account at the provider (for CalDAV the calendar home or the address the person typed). */
  address: string
  user: string
  /** The open password, '' for accounts opened by OAuth. Never logged, never stored open. */
  secret: string
  /**
   * The only way out: `server/platform/egress.ts`. For accounts opened by OAuth it carries the access token itself, and on a 401 it
   * refreshes once and repeats the call (C32); a grant that is dead for good is AccessRevoked. Bodies must be text.
   */
  fetch: typeof fetch
  /** The zone that floating and all-day times are read in when the calendar names none. */
  zone: Zone
  /** A connection of one's own behind the same policy; only Exchange asks for one, so sessions of others may lack it. */
  line?: (wish?: LineWish) => Line
}

/**
 * One connection, kept from request to request: NTLM proves who asks once for each connection. What is asked while another answer is
 * under way waits for its end.
 */
export type Line = {
  fetch: typeof fetch
  /** The certificate (DER) of the other end; null without TLS, and until something was asked. */
  certificate(): Uint8Array | null
  /** How many connections it has taken: who was known on the one is a stranger on the next. */
  connections(): number
}
export type LineWish = {
  /** The answer begins when its head is here, and its body comes as it is sent. */
  stream?: boolean
  /** Milliseconds for each whole call. */
  deadline?: number
}

export type RemoteCalendar = {
  remoteId: string
  name: string
  /** `#rrggbb`, or null where the provider names none. */
  color: string | null
  zone: Zone | null
  writable: boolean
  /** The account's own first calendar. */
  primary?: boolean
  /** The video link this calendar can make by itself. */
  conference?: Conference | null
}

export type Conference = 'meet' | 'teams'

/** What an event does to its owner's time, whoever keeps it: one list with the reader of calendar objects. */
export type { EventKind }

/**
 * One object in a remote calendar, already expanded: a series is one RemoteEvent with many occurrences. All those inside
 * the sync window are there, whatever their kind; who blocks is decided by the reader of `kind`.
 */
export type RemoteEvent = {
  remoteId: string
  etag: string
  uid: string
  /** Each occurrence with what it does to the owner's time. Sorted by start. */
  occurrences: { start: Instant; end: Instant; kind: EventKind; allDay: boolean }[]
  title: string | null
  /** CLASS:PRIVATE / CONFIDENTIAL and their like: the title is then null. */
  private: boolean
  /** Addresses of the people in it, lower-cased; the organizer first. */
  attendees: string[]
  /** Why something could not be read and was therefore kept busy: a code of core/icalendar/trouble.ts; null when all was understood. */
  trouble: string | null
  sequence: number
  /** Our own private mark on it, which is the UID we wrote it under: it survives a change of ids and of calendars (B19). */
  mark?: string | null
  /** Addresses of those in it who have declined, lower-cased; and of those who have accepted, where that says more than what we wrote. */
  declined?: string[]
  accepted?: string[]
  /** When it was made, where the provider says so. */
  madeAt?: Instant | null
  /** Whether a program made it, not a person in a calendar. */
  byProgram?: boolean
}

export type Change = { kind: 'upsert'; event: RemoteEvent } | { kind: 'remove'; remoteId: string }

/** One page of a pull. Of pages that began from no cursor, what none of them names is gone. */
export type Page = { changes: Change[]; cursor: SyncCursor; more: boolean }

/** What we want to stand in the calendar. Times are instants; `zone` is the host's, for the event's own wall clock. */
export type EventDraft = {
  /** Stable for the life of the booking; a second create with the same UID must find the first. */
  uid: string
  sequence: number
  span: Span
  zone: Zone
  title: string
  description: string
  location: string
  url: string | null
  organizer: { name: string; email: string }
  /** Where the provider invites, whoever stands here is invited by it; else they are only named. */
  attendees: { name: string; email: string }[]
  /** A video link to be made with the event, on calendars that can. */
  conference?: Conference | null
}

/** What the calendar holds under our UID, read back after a write. */
export type WrittenEvent = {
  remoteId: string
  etag: string
  /** The UID of the draft it was written from. */
  uid: string
  /** The UID the calendar gives it in iCalendar, where it is another. */
  calendarUid?: string
  span: Span | null
  title: string | null
  cancelled: boolean
  /** The video link: made by and by, or not at all (C28). */
  join?: { state: 'pending' } | { state: 'ready'; url: string } | { state: 'failed' } | null
}

/** A provider's promise to knock when something changed. `resource` is what it needs, beside `id`, to end it. */
export type Watch = { id: string; resource: string; until: Instant }
export type WatchCall = {
  /** Ours, and unique. */
  id: string
  /** Where to knock, and where to say what became of the promise. */
  address: string
  lifecycle: string
  /** Comes back with every knock: at most 128 characters. */
  secret: string
  until: Instant
}
export type Watching = {
  start(session: Session, calendar: string, call: WatchCall): Promise<Watch>
  /** Longer; null where a new promise takes the place of the old. */
  renew: null | ((session: Session, watch: Watch, until: Instant) => Promise<Watch>)
  /** Success also when it is already gone. */
  stop(session: Session, watch: Watch): Promise<void>
}

export interface CalendarProvider {
  listCalendars(session: Session): Promise<RemoteCalendar[]>
  /** Everything that changed since `cursor`; `null` reads from the start. `window` bounds the expansion of series. */
  pull(session: Session, calendar: string, cursor: SyncCursor | null, window: Span): Promise<Page>
  /** Creates, or finds the event that an earlier try with the same UID left behind (reliability.md C06, C23). */
  createEvent(session: Session, calendar: string, draft: EventDraft): Promise<WrittenEvent>
  /** Changes our fields only; keeps what the owner added. Throws NotFound when it is gone. */
  updateEvent(session: Session, calendar: string, remoteId: string, draft: EventDraft): Promise<WrittenEvent>
  /** Success also when it is already gone (C25). */
  deleteEvent(session: Session, calendar: string, remoteId: string): Promise<void>
  /** The event under our UID as the calendar now holds it, or null. The proof behind every "booked". */
  readEvent(session: Session, calendar: string, uid: string): Promise<WrittenEvent | null>
  /** Busy time straight from the provider with the UID behind each span, for the check just before a booking (A24); null where it cannot be asked. */
  freshBusy: null | ((session: Session, calendar: string, window: Span) => Promise<{ uid: string; start: Instant; end: Instant; kind: EventKind }[]>)
  /** `null` where the provider cannot push; such calendars are polled. */
  watch: null | Watching
  /** Who sends the invitation: the provider itself as soon as there are attendees and we cannot silence it, or we by letter. */
  invites: 'us' | 'provider'
  /** The UID an event written under `uid` will carry in iCalendar; null where nobody knows before. */
  calendarUid(uid: string): string | null
}

/** Sends one whole message (RFC 5322) from the account's own mailbox. The answer, where it is known, is the message's id there. */
export type SendMail = (session: Session, message: Uint8Array) => Promise<{ id: string | null }>

/** The five faults of the world. Anything else a provider throws is a bug. `message` is for logs and never holds a secret or a body. */
export class AccessRevoked extends Error {
  override name = 'AccessRevoked'
}
export class CursorExpired extends Error {
  override name = 'CursorExpired'
}
export class SlowDown extends Error {
  override name = 'SlowDown'
  readonly retryAfter: number
  /** @param retryAfter milliseconds to wait, already capped */
  constructor(message: string, retryAfter: number) {
    super(message)
    this.retryAfter = retryAfter
  }
}
export class NotFound extends Error {
  override name = 'NotFound'
}

/** Why we could not reach or understand a server: chooses the sentence a person reads. */
export type UnreachableReason =
  | 'refused-address'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'too-large'
  | 'server-error'
  | 'not-this-protocol'
  | 'bad-answer'
  | 'forbidden'
  | 'conflict'
  // The account is good, but no calendar belongs to it (CAL-NO-MAILBOX).
  | 'no-mailbox'
export class Unreachable extends Error {
  override name = 'Unreachable'
  readonly reason: UnreachableReason
  constructor(message: string, reason: UnreachableReason) {
    super(message)
    this.reason = reason
  }
}

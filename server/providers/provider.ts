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
  /** The open secret: a password or an access token. Never logged, never stored open. */
  secret: string
  /** The only way out: `server/platform/egress.ts`. */
  fetch: typeof fetch
  /** The zone that floating and all-day times are read in when the calendar names none. */
  zone: Zone
}

export type RemoteCalendar = {
  remoteId: string
  name: string
  /** `#rrggbb`, or null where the provider names none. */
  color: string | null
  zone: Zone | null
  writable: boolean
}

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
  attendees: { name: string; email: string }[]
}

/** What the calendar holds under our UID, read back after a write. */
export type WrittenEvent = { remoteId: string; etag: string; uid: string; span: Span | null; title: string | null; cancelled: boolean }

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
  watch: null | ((session: Session, calendar: string, address: string) => Promise<{ id: string; secret: string; until: Instant }>)
}

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
export class Unreachable extends Error {
  override name = 'Unreachable'
  readonly reason: UnreachableReason
  constructor(message: string, reason: UnreachableReason) {
    super(message)
    this.reason = reason
  }
}

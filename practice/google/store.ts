import { createHash, randomBytes } from 'node:crypto'
import { HOUR, MINUTE } from '#core/time/model.ts'
import type { Zone } from '#core/time/model.ts'
import { readStore, writeStore } from './file.ts'
import { deleteByOwner, moveByOwner, putByOwner, respondFor } from './owner.ts'
import { Grants } from './grants.ts'
import type {
  GoogleCalendar,
  GoogleChannel,
  GoogleLetter,
  GoogleUser,
  Listed,
  ResponseStatus,
  Role,
  SentMessage,
  Stored,
} from './model.ts'
import type { Event } from './schema.ts'

const MOST_JOURNAL = 250_000

/** Everything the practice server holds. With a file, it is written whole after each change, beside its place and renamed into it. */
export class GoogleStore {
  readonly users = new Map<string, GoogleUser>()
  readonly calendars = new Map<string, GoogleCalendar>()
  /** Each person's list of calendars. */
  readonly lists = new Map<string, Map<string, Listed>>()
  readonly channels = new Map<string, GoogleChannel>()
  readonly letters: GoogleLetter[] = []
  readonly messages: SentMessage[] = []
  readonly grants: Grants
  /** How the practice server behaves where Google may do one or the other. */
  readonly behaviour = {
    /** What an asked-for conference becomes, after so many reads that still see it pending or so many milliseconds; 0 reads: at once. */
    conference: { reads: 1, after: 3000, outcome: 'success' as 'success' | 'failure' },
    /** Whether a client's id that is already taken is noticed (C21). */
    collisions: 'noticed' as 'noticed' | 'missed',
    /** Whether knocks are really sent (B11). */
    pushes: true,
    /** A page may be empty although more follow. */
    emptyPages: false,
    /** Whether changes far outside the first call's window come with its sync tokens too; the documents promise neither. */
    strays: false,
  }
  listFloor = 0
  onChange: (calendarId: string) => void = () => {}
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #file: string | null
  readonly #clock: () => number
  #skew = 0
  #count = 0

  constructor(options: { file?: string | null; now?: () => number } = {}) {
    this.#file = options.file ?? null
    this.#clock = options.now ?? Date.now
    this.grants = new Grants(
      () => this.now(),
      () => this.save(),
    )
    if (this.#file) this.listFloor = this.#count = readStore(this, this.#file)
  }

  now(): number {
    return this.#clock() + this.#skew
  }

  /** Lets time go by. */
  pass(milliseconds: number): void {
    this.#skew += milliseconds
  }

  /** Something the server does by itself after a while, if it still stands. */
  later(milliseconds: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, milliseconds).unref()
    this.#timers.add(timer)
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.onChange = () => {}
  }

  /** The number of the latest change of anything. */
  get count(): number {
    return this.#count
  }

  tick(): number {
    return ++this.#count
  }

  /** With its primary calendar, whose id is the address. */
  addUser(given: {
    email: string
    name: string
    zone?: Zone
    testing?: boolean
    unverified?: boolean
  }): GoogleUser {
    const id = String(
      BigInt(`0x${createHash('sha256').update(given.email).digest('hex').slice(0, 16)}`),
    ).padStart(21, '1')
    const user: GoogleUser = {
      id,
      email: given.email,
      name: given.name,
      zone: given.zone ?? 'Europe/Rome',
      testing: given.testing ?? false,
      unverified: given.unverified ?? false,
    }
    this.users.set(user.email, user)
    this.lists.set(user.email, new Map())
    this.#makeCalendar(
      user.email,
      {
        id: user.email,
        summary: user.email,
        zone: user.zone,
        color: '#9fe1e7',
        conference: ['hangoutsMeet'],
      },
      true,
    )
    return user
  }

  addCalendar(
    owner: string,
    given: { id?: string; summary: string; zone?: Zone; color?: string; conference?: string[] },
  ): GoogleCalendar {
    const id = given.id ?? `c_${randomBytes(16).toString('hex')}@group.calendar.google.com`
    const zone = given.zone ?? this.users.get(owner)?.zone ?? 'UTC'
    return this.#makeCalendar(
      owner,
      {
        id,
        summary: given.summary,
        zone,
        color: given.color ?? '#42d692',
        conference: given.conference ?? ['hangoutsMeet'],
      },
      false,
    )
  }

  #makeCalendar(
    owner: string,
    given: Pick<GoogleCalendar, 'id' | 'summary' | 'zone' | 'color' | 'conference'>,
    primary: boolean,
  ): GoogleCalendar {
    const calendar: GoogleCalendar = {
      ...given,
      owner,
      stored: new Map(),
      exceptions: new Map(),
      journal: [],
      floor: this.tick(),
      updated: this.now(),
    }
    this.calendars.set(calendar.id, calendar)
    this.lists.get(owner)?.set(calendar.id, {
      calendarId: calendar.id,
      role: 'owner',
      primary,
      color: given.color,
      hidden: false,
      deleted: false,
      changed: this.tick(),
    })
    this.save()
    return calendar
  }

  share(calendarId: string, email: string, role: Role): void {
    this.lists.get(email)!.set(calendarId, {
      calendarId,
      role,
      primary: false,
      color: this.calendars.get(calendarId)!.color,
      hidden: false,
      deleted: false,
      changed: this.tick(),
    })
    this.save()
  }

  /** Takes the calendar out of that person's list; without a person it is deleted for everyone. */
  removeCalendar(calendarId: string, email?: string): void {
    for (const [owner, list] of this.lists) {
      const listed = list.get(calendarId)
      if (listed && (email === undefined || email === owner))
        list.set(calendarId, { ...listed, deleted: true, changed: this.tick() })
    }
    if (email === undefined) this.calendars.delete(calendarId)
    this.save()
  }

  hideCalendar(calendarId: string, email: string, hidden = true): void {
    const listed = this.lists.get(email)!.get(calendarId)!
    this.lists.get(email)!.set(calendarId, { ...listed, hidden, changed: this.tick() })
    this.save()
  }

  /** What that person may do there, or null for a stranger. */
  role(email: string, calendarId: string): Role | null {
    const listed = this.lists.get(email)?.get(calendarId)
    return listed && !listed.deleted && this.calendars.has(calendarId) ? listed.role : null
  }

  /** Not cancelled, in the order they were made. Series are masters. */
  events(calendarId: string): Event[] {
    return [...(this.calendars.get(calendarId)?.stored.values() ?? [])]
      .map(({ event }) => event)
      .filter((event) => event.status !== 'cancelled')
  }

  event(calendarId: string, eventId: string): Event | null {
    return this.calendars.get(calendarId)?.stored.get(eventId)?.event ?? null
  }

  /** As the owner's other program would: makes an event or changes the given fields. Without times: in an hour, for half an hour. */
  putEvent(calendarId: string, event: Partial<Event>): Event {
    const start = Math.ceil((this.now() + HOUR) / HOUR) * HOUR
    return putByOwner(this, this.#calendar(calendarId), event, { start, end: start + 30 * MINUTE })
  }

  /** To another start, keeping its length; instants in milliseconds. An instance's id moves that instance only. */
  moveEvent(calendarId: string, eventId: string, start: number, end?: number): Event {
    return moveByOwner(this, this.#calendar(calendarId), eventId, start, end)
  }

  deleteEvent(calendarId: string, eventId: string): void {
    deleteByOwner(this, this.#calendar(calendarId), eventId)
  }

  respond(calendarId: string, eventId: string, email: string, status: ResponseStatus): Event {
    return respondFor(this, this.#calendar(calendarId), eventId, email, status)
  }

  #calendar(id: string): GoogleCalendar {
    const calendar = this.calendars.get(id)
    if (!calendar) throw new Error(`no calendar ${id}`)
    return calendar
  }

  /** The person takes the app's permission away. */
  revokeGrant(email: string): void {
    this.grants.forget(email)
  }

  /** Access tokens end now; refresh tokens live on. */
  expireTokens(email?: string): void {
    this.grants.expire(email)
  }

  grantedScopes(email: string): string[] {
    return this.grants.consents.get(email) ?? []
  }

  /** Sync tokens handed out before are 410 from now on; those of the lists of calendars too when no calendar is named. */
  forgetSyncTokens(calendarId?: string): void {
    const count = this.tick()
    for (const calendar of this.calendars.values())
      if (calendarId === undefined || calendar.id === calendarId) calendar.floor = count
    if (calendarId === undefined) this.listFloor = count
  }

  stopChannel(channelId: string): void {
    this.channels.delete(channelId)
    this.save()
  }

  /** The one way an event changes: numbered, dated, noted in the journal, knocked about. */
  keep(calendar: GoogleCalendar, event: Event, waits: Stored['waits'] = null): Event {
    const old = calendar.stored.get(event.id!)
    const changed = this.#note(calendar, event.id!, old?.event ?? null)
    const kept = {
      ...event,
      etag: `"${3_500_000_000_000 + changed}000"`,
      updated: new Date(this.now()).toISOString(),
    }
    calendar.stored.set(kept.id!, { event: kept, born: old?.born ?? changed, changed, waits })
    if (kept.recurringEventId)
      calendar.exceptions.set(
        kept.recurringEventId,
        (calendar.exceptions.get(kept.recurringEventId) ?? new Set()).add(kept.id!),
      )
    this.save()
    this.onChange(calendar.id)
    return kept
  }

  /** An exception that its series does not know any more leaves no trace but in the journal. */
  drop(calendar: GoogleCalendar, event: Event): void {
    this.#note(calendar, event.id!, event)
    calendar.stored.delete(event.id!)
    calendar.exceptions.get(event.recurringEventId!)?.delete(event.id!)
  }

  #note(calendar: GoogleCalendar, id: string, before: Event | null): number {
    const at = this.tick()
    calendar.journal.push({ at, id, before })
    if (calendar.journal.length > MOST_JOURNAL)
      calendar.floor = calendar.journal.splice(0, MOST_JOURNAL / 2).at(-1)!.at
    calendar.updated = this.now()
    return at
  }

  save(): void {
    if (this.#file) writeStore(this, this.#file)
  }
}

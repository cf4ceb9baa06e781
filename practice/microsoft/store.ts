import { randomUUID } from 'node:crypto'
import type { Instant, Span } from '#core/time/model.ts'
import { Behaviour } from './behaviour.ts'
import { windowsName } from './clock.ts'
import { changeKey, longId, newUid } from './ids.ts'
import { readKept, writeKept, type Kept } from './keep.ts'
import {
  PERSONAL_TENANT,
  type Answer,
  type Calendar,
  type Event,
  type Happening,
  type Mail,
  type Person,
  type Subscription,
  type Tenant,
  type Wish,
} from './model.ts'
import type { RefreshToken } from './tokens.ts'

/** Everything the practice server holds. With a file, it is written whole after each change, beside its place and renamed into it. */
export class PracticeStore extends Behaviour {
  readonly tenants = new Map<string, Tenant>()
  readonly people = new Map<string, Person>()
  readonly calendars = new Map<string, Calendar>()
  readonly events = new Map<string, Event>()
  readonly subscriptions = new Map<string, Subscription>()
  readonly refresh = new Map<string, RefreshToken>()
  readonly access = new Map<string, { person: string; client: string; scopes: string[]; until: Instant }>()
  mails: Mail[] = []
  /** Deleted events and those that went to another calendar, for the readers of changes. */
  graves: { at: number; calendar: string; id: string; place: string }[] = []
  /** The signing key, as PEM. */
  key: string | null = null
  /** Cursors of an older generation are not known any more. */
  generation = 1

  #file: string | null
  #clock = 0
  #listeners: ((happening: Happening) => void)[] = []
  readonly now: () => Instant

  constructor(options: { file?: string | null; now?: () => Instant } = {}) {
    super()
    this.#file = options.file ?? null
    this.now = options.now ?? Date.now
    const kept = this.#file === null ? null : readKept(this.#file)
    if (kept) this.#fill(kept)
  }

  get clock(): number {
    return this.#clock
  }

  onChange(listener: (happening: Happening) => void): void {
    this.#listeners.push(listener)
  }

  /** An organisation, known by its domain. */
  addTenant(wish: { domain: string; id?: string; admin?: Tenant['admin'] }): Tenant {
    const tenant = {
      id: wish.id ?? randomUUID(),
      domain: wish.domain.toLowerCase(),
      admin: wish.admin ?? 'open',
    }
    this.tenants.set(tenant.id, tenant)
    this.save()
    return tenant
  }

  tenantOf(email: string): Tenant | null {
    const domain = email.split('@').at(-1)!.toLowerCase()
    return [...this.tenants.values()].find((tenant) => tenant.domain === domain) ?? null
  }

  /** A person with a mailbox and a first calendar; the organisation comes from the address. */
  addUser(wish: {
    email: string
    name: string
    id?: string
    personal?: boolean
    mailbox?: boolean
    zone?: string
  }): Person {
    const tenant = wish.personal
      ? PERSONAL_TENANT
      : (this.tenantOf(wish.email) ?? this.addTenant({ domain: wish.email.split('@').at(-1)! })).id
    const person: Person = {
      id: wish.id ?? randomUUID(),
      tenant,
      email: wish.email,
      name: wish.name,
      zone: wish.zone ?? 'Europe/Rome',
      mailbox: wish.mailbox ?? true,
      consents: {},
    }
    this.people.set(person.id, person)
    if (person.mailbox) this.addCalendar(person.email, { name: 'Calendar', isDefault: true })
    this.save()
    return person
  }

  person(email: string): Person {
    const found = this.findPerson(email)
    if (!found) throw new Error(`nobody here is ${email}`)
    return found
  }

  findPerson(email: string): Person | null {
    return (
      [...this.people.values()].find((person) => person.email.toLowerCase() === email.toLowerCase()) ?? null
    )
  }

  addCalendar(email: string, wish: Partial<Omit<Calendar, 'id' | 'owner'>> & { name: string }): Calendar {
    const owner = this.person(email)
    const calendar: Calendar = {
      id: longId('AAMkAG'),
      owner: owner.id,
      hexColor: '',
      isDefault: false,
      canEdit: true,
      meetings: owner.tenant === PERSONAL_TENANT ? [] : ['teamsForBusiness'],
      delta: true,
      ...wish,
    }
    this.calendars.set(calendar.id, calendar)
    this.save()
    return calendar
  }

  /** A person's calendar by its name; their first one without. */
  calendarOf(email: string, name?: string): Calendar {
    const owner = this.person(email).id
    const found = [...this.calendars.values()].find(
      (calendar) =>
        calendar.owner === owner && (name === undefined ? calendar.isDefault : calendar.name === name),
    )
    if (!found) throw new Error(`${email} has no such calendar`)
    return found
  }

  eventsOf(calendar: string): Event[] {
    return [...this.events.values()].filter((event) => event.calendar === calendar)
  }

  /** By either kind of identifier; null when it is not there any more. */
  findEvent(id: string): Event | null {
    return this.events.get(id) ?? [...this.events.values()].find((event) => event.place === id) ?? null
  }

  ownerOf(event: Event): Person {
    return this.people.get(this.calendars.get(event.calendar)!.owner)!
  }

  /** An event as another app would write it: nobody is told by mail. */
  putEvent(calendarId: string, wish: Wish): Event {
    const { start, end, zone, body, attendees, ...rest } = wish
    const owner = this.people.get(this.calendars.get(calendarId)!.owner)!
    const isOrganizer =
      rest.isOrganizer ?? (rest.organizer === undefined || rest.organizer.email === owner.email)
    const name = zone ?? windowsName(owner.zone)
    return this.addEvent(calendarId, {
      span: { start, end },
      zones: { start: name, end: name },
      body: { contentType: 'text', content: body ?? '' },
      isOrganizer,
      answer: isOrganizer ? ((attendees ?? []).length > 0 ? 'organizer' : 'none') : 'notResponded',
      attendees: (attendees ?? []).map((one) => ({
        name: one.name ?? one.email,
        email: one.email,
        type: one.type ?? 'required',
        answer: one.answer ?? 'none',
        at: null,
      })),
      ...rest,
    })
  }

  addEvent(calendarId: string, fields: Partial<Event> & Pick<Event, 'span' | 'zones'>): Event {
    const owner = this.people.get(this.calendars.get(calendarId)!.owner)!
    return this.#place(
      {
        id: longId('AAkALgAA'),
        place: longId('AAMkAD'),
        calendar: calendarId,
        uid: newUid(),
        changeKey: changeKey(),
        changed: ++this.#clock,
        madeAt: this.now(),
        changedAt: this.now(),
        subject: '',
        body: { contentType: 'text', content: '' },
        location: '',
        isAllDay: false,
        showAs: 'busy',
        sensitivity: 'normal',
        importance: 'normal',
        organizer: { name: owner.name, email: owner.email },
        isOrganizer: true,
        attendees: [],
        answer: 'none',
        isCancelled: false,
        categories: [],
        hideAttendees: false,
        responseRequested: true,
        allowNewTimeProposals: true,
        isReminderOn: true,
        reminderMinutesBeforeStart: 15,
        transactionId: null,
        extended: [],
        isOnlineMeeting: false,
        meetingProvider: 'unknown',
        joinUrl: null,
        recurrence: null,
        exceptions: {},
        ...fields,
      },
      'created',
    )
  }

  /** Some fields of an event, as its owner changes them in their own app; another change key comes with it. */
  changeEvent(id: string, fields: Partial<Event>): Event {
    const event = this.findEvent(id)
    if (!event) throw new Error('no such event')
    return this.#place(
      { ...event, ...fields, changeKey: changeKey(), changed: ++this.#clock, changedAt: this.now() },
      'updated',
    )
  }

  renameEvent(id: string, subject: string): Event {
    return this.changeEvent(id, { subject })
  }

  moveEvent(id: string, span: Span): Event {
    return this.changeEvent(id, { span })
  }

  /** One occurrence of a series, by its date in the series: removed, or at another time. */
  changeOccurrence(id: string, date: string, change: 'removed' | { span: Span; subject?: string }): Event {
    const event = this.findEvent(id)!
    const exception =
      change === 'removed'
        ? ({ kind: 'removed' } as const)
        : {
            kind: 'changed' as const,
            span: change.span,
            subject: change.subject ?? event.subject,
            changeKey: changeKey(),
          }
    return this.changeEvent(id, { exceptions: { ...event.exceptions, [date]: exception } })
  }

  /** Into another calendar of the same mailbox: the identifier changes, the immutable one does not. */
  moveToCalendar(id: string, calendar: string): Event {
    const event = this.findEvent(id)!
    this.#bury(event)
    return this.changeEvent(id, { calendar, place: longId('AAMkAD') })
  }

  deleteEvent(id: string): void {
    const event = this.findEvent(id)
    if (!event) return
    this.events.delete(event.id)
    this.#bury(event)
    this.save()
    for (const listener of this.#listeners) listener({ kind: 'deleted', event })
  }

  #bury(event: Event): void {
    this.graves.push({ at: ++this.#clock, calendar: event.calendar, id: event.id, place: event.place })
    if (this.graves.length > 100_000) this.graves.splice(0, 50_000)
  }

  /** What someone invited answers, as it comes back to the organizer. */
  respond(id: string, email: string, answer: Answer): Event {
    const event = this.findEvent(id)!
    const attendees = event.attendees.map((one) =>
      one.email.toLowerCase() === email.toLowerCase() ? { ...one, answer, at: this.now() } : one,
    )
    return this.changeEvent(id, {
      attendees,
      ...(email.toLowerCase() === this.ownerOf(event).email.toLowerCase() ? { answer } : {}),
    })
  }

  finishMeeting(id: string, joinUrl: string | null): Event {
    return this.changeEvent(
      id,
      joinUrl === null ? { isOnlineMeeting: false, meetingProvider: 'unknown' } : { joinUrl },
    )
  }

  /** The grants of a person are dead; access tokens live on until they end, as they do at Microsoft. */
  revokeGrant(email: string, why: Exclude<RefreshToken['state'], 'alive' | 'used'> = 'revoked'): void {
    const { id } = this.person(email)
    for (const token of this.refresh.values()) if (token.person === id) token.state = why
    if (why === 'unconsented') this.people.get(id)!.consents = {}
    this.save()
  }

  /** All access tokens have run out, or only a person's. */
  expireTokens(email?: string): void {
    const id = email === undefined ? null : this.person(email).id
    for (const token of this.access.values()) if (id === null || token.person === id) token.until = 0
  }

  forgetCursors(): void {
    this.generation++
  }

  addMail(mail: Omit<Mail, 'id' | 'at' | 'mime' | 'inSentItems'> & Partial<Mail>): Mail {
    const sent: Mail = { id: longId('AAMkAM'), at: this.now(), mime: null, inSentItems: true, ...mail }
    this.mails.push(sent)
    this.save()
    return sent
  }

  #place(event: Event, kind: Happening['kind']): Event {
    this.events.set(event.id, event)
    this.save()
    for (const listener of this.#listeners) listener({ kind, event })
    return event
  }

  save(): void {
    if (this.#file === null) return
    const { tenants, people, calendars, events, subscriptions } = this
    writeKept(this.#file, {
      tenants: [...tenants.values()],
      people: [...people.values()],
      calendars: [...calendars.values()],
      events: [...events.values()],
      mails: this.mails,
      subscriptions: [...subscriptions.values()],
      refresh: [...this.refresh],
      key: this.key,
      clock: this.#clock,
    })
  }

  #fill(kept: Kept): void {
    for (const row of kept.tenants) this.tenants.set(row.id, row)
    for (const row of kept.people) this.people.set(row.id, row)
    for (const row of kept.calendars) this.calendars.set(row.id, row)
    for (const row of kept.events) this.events.set(row.id, row)
    for (const row of kept.subscriptions) this.subscriptions.set(row.id, row)
    for (const [token, row] of kept.refresh) this.refresh.set(token, row)
    this.mails = kept.mails
    this.key = kept.key
    this.#clock = kept.clock
  }
}

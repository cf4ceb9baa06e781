import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import type { Instant, Span } from '#core/time/model.ts'
import { Behaviour } from './behaviour.ts'
import { readZone, windowsName } from './clock.ts'
import { changeKey, newId, newUid } from './ids.ts'
import type { Folder, Happening, Item, Mail, Person, ResponseType, Subscription, Wish } from './model.ts'

type Kept = {
  people: Person[]
  folders: Folder[]
  items: Item[]
  mails: Mail[]
  graves: [number, string][]
  clock: number
  serial: number
}

/** The folders every mailbox has: their DistinguishedFolderId, name and class. */
const FOLDERS: [distinguished: string, name: string, kind: string, parent: string | null][] = [
  ['root', '', 'IPF', null],
  ['msgfolderroot', 'Top of Information Store', 'IPF', 'root'],
  ['calendar', 'Calendar', 'IPF.Appointment', 'msgfolderroot'],
  ['inbox', 'Inbox', 'IPF.Note', 'msgfolderroot'],
  ['sentitems', 'Sent Items', 'IPF.Note', 'msgfolderroot'],
  ['deleteditems', 'Deleted Items', 'IPF.Note', 'msgfolderroot'],
  ['drafts', 'Drafts', 'IPF.Note', 'msgfolderroot'],
]

/** Everything the practice server holds. With a file, it is written whole after each change, beside its place and renamed into it. */
export class PracticeStore extends Behaviour {
  readonly people = new Map<string, Person>()
  readonly folders = new Map<string, Folder>()
  readonly items = new Map<number, Item>()
  readonly subscriptions = new Map<string, Subscription>()
  mails: Mail[] = []
  /** The identifiers of what is gone or elsewhere, for the readers of changes. */
  readonly graves = new Map<number, string>()
  /** SyncStates of an older generation are not known any more. */
  generation = 1

  #byId = new Map<string, number>()
  #file: string | null
  #clock = 0
  #serial = 0
  #listeners = new Set<(happening: Happening) => void>()
  #closers = new Set<(how: 'cut' | 'closed') => void>()
  readonly now: () => Instant

  constructor(options: { file?: string | null; now?: () => Instant } = {}) {
    super()
    this.#file = options.file ?? null
    this.now = options.now ?? Date.now
    if (this.#file !== null && existsSync(this.#file))
      this.#fill(JSON.parse(readFileSync(this.#file, 'utf8')) as Kept)
  }

  onChange(listener: (happening: Happening) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  addUser(wish: Partial<Person> & { email: string; name: string }): Person {
    const person: Person = {
      id: randomUUID(),
      domain: 'PRACTICE',
      user: wish.email.split('@')[0]!,
      password: 'secret',
      zone: 'Europe/Rome',
      mailbox: 'here',
      ...wish,
    }
    this.people.set(person.id, person)
    const made = new Map<string, string>()
    for (const [distinguished, name, kind, parent] of FOLDERS) {
      const folder = this.#addFolder({
        owner: person.id,
        name,
        class: kind,
        distinguished,
        parent: parent === null ? null : made.get(parent)!,
      })
      made.set(distinguished, folder.id)
    }
    this.save()
    return person
  }

  findPerson(email: string): Person | null {
    return [...this.people.values()].find((one) => one.email.toLowerCase() === email.toLowerCase()) ?? null
  }

  person(email: string): Person {
    const found = this.findPerson(email)
    if (!found) throw new Error(`nobody here is ${email}`)
    return found
  }

  #addFolder(
    wish: Pick<Folder, 'owner' | 'name' | 'class' | 'distinguished' | 'parent'> & Partial<Folder>,
  ): Folder {
    const folder: Folder = {
      id: newId(),
      changeKey: changeKey(),
      changed: ++this.#clock,
      canEdit: true,
      ...wish,
    }
    this.folders.set(folder.id, folder)
    return folder
  }

  addCalendar(email: string, wish: { name: string; canEdit?: boolean; parent?: string }): Folder {
    const owner = this.person(email).id
    const parent = wish.parent ?? this.folderOf(owner, 'calendar').id
    const folder = this.#addFolder({ owner, class: 'IPF.Appointment', distinguished: null, ...wish, parent })
    this.save()
    return folder
  }

  /** With everything in it. */
  deleteFolder(id: string): void {
    for (const item of this.itemsOf(id)) this.deleteEvent(item.id)
    this.folders.delete(id)
    this.#clock++
    this.save()
  }

  folderOf(owner: string, distinguished: string): Folder {
    const found = [...this.folders.values()].find(
      (one) => one.owner === owner && one.distinguished === distinguished,
    )
    if (!found) throw new Error(`no folder ${distinguished}`)
    return found
  }

  /** A person's calendar by its name; their first one without. */
  calendarOf(email: string, name?: string): Folder {
    const owner = this.person(email).id
    const found = [...this.folders.values()].find(
      (one) =>
        one.owner === owner &&
        one.class === 'IPF.Appointment' &&
        (name === undefined ? one.distinguished === 'calendar' : one.name === name),
    )
    if (!found) throw new Error(`${email} has no such calendar`)
    return found
  }

  itemsOf(folder: string): Item[] {
    return [...this.items.values()].filter((one) => one.folder === folder)
  }

  /** The events in all calendars of a person. */
  events(email: string): Item[] {
    const owner = this.person(email).id
    return [...this.items.values()].filter((one) => {
      const folder = this.folders.get(one.folder)!
      return folder.owner === owner && folder.class === 'IPF.Appointment'
    })
  }

  find(id: string): Item | null {
    const serial = this.#byId.get(id)
    return serial === undefined ? null : this.items.get(serial)!
  }

  ownerOf(item: Item): Person {
    return this.people.get(this.folders.get(item.folder)!.owner)!
  }

  /** An event as another app would write it: nobody is told by mail. */
  putEvent(folder: string, wish: Wish): Item {
    const { start, end, zone, body, attendees, ...rest } = wish
    const owner = this.people.get(this.folders.get(folder)!.owner)!
    const isOrganizer =
      rest.isOrganizer ?? (rest.organizer === undefined || rest.organizer.email === owner.email)
    const name = windowsName(readZone(zone ?? owner.zone) ?? 'UTC')
    const people = (attendees ?? []).map((one) => ({
      name: one.name ?? one.email,
      email: one.email,
      type: one.type ?? ('required' as const),
      answer: one.answer ?? ('Unknown' as const),
      at: null,
    }))
    return this.addItem(folder, {
      span: { start, end },
      zones: { start: name, end: name },
      body: { type: 'Text', text: body ?? '' },
      isOrganizer,
      answer: isOrganizer ? (people.length > 0 ? 'Organizer' : 'Unknown') : 'NoResponseReceived',
      attendees: people,
      ...rest,
    })
  }

  addItem(folder: string, fields: Partial<Item>): Item {
    return this.place({ ...this.blank(folder), ...fields })
  }

  /** An item as it begins; it is not there before it is placed. */
  blank(folder: string): Item {
    const owner = this.people.get(this.folders.get(folder)!.owner)!
    const now = this.now()
    const zone = windowsName(owner.zone)
    return {
      serial: 0,
      id: '',
      folder,
      changeKey: '',
      changed: 0,
      kind: 'CalendarItem',
      uid: newUid(),
      madeAt: now,
      changedAt: now,
      subject: '',
      body: { type: 'Text', text: '' },
      location: '',
      span: { start: now, end: now },
      isAllDay: false,
      zones: { start: zone, end: zone },
      showAs: 'Busy',
      sensitivity: 'Normal',
      importance: 'Normal',
      organizer: { name: owner.name, email: owner.email },
      isOrganizer: true,
      attendees: [],
      answer: 'Unknown',
      answeredAt: null,
      isCancelled: false,
      categories: [],
      responseRequested: true,
      allowNewTimeProposal: true,
      reminderIsSet: true,
      reminderMinutes: 15,
      sequence: 0,
      invited: [],
      extended: [],
      recurrence: null,
      exceptions: {},
      mail: null,
    }
  }

  /** A new item, whatever id it says it has. */
  place(item: Item): Item {
    const fresh = { serial: ++this.#serial, id: newId(), changeKey: changeKey(), changed: ++this.#clock }
    return this.#place({ ...item, ...fresh }, 'created')
  }

  /** Some fields of an item, as its owner changes them in their own app; another change key comes with it. */
  changeEvent(id: string, fields: Partial<Item>): Item {
    const item = this.find(id)
    if (!item) throw new Error('no such item')
    return this.#place(
      { ...item, ...fields, changeKey: changeKey(), changed: ++this.#clock, changedAt: this.now() },
      'modified',
    )
  }

  renameEvent(id: string, subject: string): Item {
    return this.changeEvent(id, { subject })
  }

  moveEvent(id: string, span: Span): Item {
    return this.changeEvent(id, { span, sequence: this.find(id)!.sequence + 1 })
  }

  /** One occurrence of a series, by its date in the series: removed, or at another time. */
  changeOccurrence(id: string, date: string, change: 'removed' | ({ span: Span } & Partial<Item>)): Item {
    const item = this.find(id)!
    if (change === 'removed')
      return this.changeEvent(id, { exceptions: { ...item.exceptions, [date]: { kind: 'removed' } } })
    const { span, ...fields } = change
    const before = item.exceptions[date]
    const kept = before?.kind === 'changed' ? before.fields : {}
    return this.changeEvent(id, {
      exceptions: {
        ...item.exceptions,
        [date]: { kind: 'changed', span, fields: { ...kept, ...fields }, changeKey: changeKey() },
      },
    })
  }

  /** Into another folder: the identifier changes with it. */
  moveToCalendar(id: string, folder: string): Item {
    const item = this.find(id)!
    this.#bury(item)
    const moved = {
      ...item,
      folder,
      serial: ++this.#serial,
      id: newId(),
      changeKey: changeKey(),
      changed: ++this.#clock,
      changedAt: this.now(),
    }
    return this.#place(moved, 'moved', { id, folder: item.folder })
  }

  deleteEvent(id: string): void {
    const item = this.find(id)
    if (!item) return
    this.#bury(item)
    this.#clock++
    this.save()
    this.#tell({ kind: 'deleted', item })
  }

  #bury({ serial, id }: Item): void {
    this.items.delete(serial)
    this.#byId.delete(id)
    this.graves.set(serial, id)
  }

  /** What someone invited answers, as it comes back to the organizer. */
  respond(id: string, email: string, answer: ResponseType): Item {
    const item = this.find(id)!
    const attendees = item.attendees.map((one) =>
      one.email.toLowerCase() === email.toLowerCase() ? { ...one, answer, at: this.now() } : one,
    )
    return this.changeEvent(id, { attendees })
  }

  addMail(mail: Omit<Mail, 'at' | 'mime' | 'inSentItems'> & Partial<Mail>): Mail {
    const sent: Mail = { at: this.now(), mime: null, inSentItems: true, ...mail }
    this.mails.push(sent)
    this.save()
    return sent
  }

  forgetSyncStates(): void {
    this.generation++
  }

  forgetSubscriptions(): void {
    this.subscriptions.clear()
  }

  /** Ends every open stream: by its end, or in the middle of a chunk. */
  closeStreams(how: 'cut' | 'closed' = 'closed'): void {
    for (const close of this.#closers) close(how)
  }

  onClose(closer: (how: 'cut' | 'closed') => void): () => void {
    this.#closers.add(closer)
    return () => void this.#closers.delete(closer)
  }

  #place(item: Item, kind: Happening['kind'], from?: { id: string; folder: string }): Item {
    this.items.set(item.serial, item)
    this.#byId.set(item.id, item.serial)
    this.save()
    this.#tell(from ? { kind, item, from } : { kind, item })
    return item
  }

  #tell(happening: Happening): void {
    for (const listener of this.#listeners) listener(happening)
  }

  save(): void {
    if (this.#file === null) return
    const kept: Kept = {
      people: [...this.people.values()],
      folders: [...this.folders.values()],
      items: [...this.items.values()],
      mails: this.mails,
      graves: [...this.graves],
      clock: this.#clock,
      serial: this.#serial,
    }
    const fresh = `${this.#file}.${process.pid}`
    writeFileSync(fresh, JSON.stringify(kept), { mode: 0o600 })
    renameSync(fresh, this.#file)
  }

  #fill(kept: Kept): void {
    for (const row of kept.people) this.people.set(row.id, row)
    for (const row of kept.folders) this.folders.set(row.id, row)
    for (const row of kept.items) {
      this.items.set(row.serial, row)
      this.#byId.set(row.id, row.serial)
    }
    for (const [serial, id] of kept.graves) this.graves.set(serial, id)
    this.mails = kept.mails
    this.#clock = kept.clock
    this.#serial = kept.serial
  }
}

import { DAY } from '#core/time/model.ts'
import { trouble as troubleOf } from '#core/icalendar/trouble.ts'
import { Unreachable } from '../provider.ts'
import type { RemoteEvent } from '../provider.ts'
import type { Field } from './fields.ts'
import { kindOf } from './kind.ts'
import { MARK, markIn } from './mark.ts'
import { attribute, child, childrenOf, textAt } from './parse.ts'
import type { Element } from './parse.ts'
import { instantOf, timesOf } from './times.ts'
import type { Reading } from './times.ts'

/** What we want to know of an event. */
export const WHOLE: readonly Field[] = [
  'item:Subject',
  'item:Sensitivity',
  'item:DateTimeCreated',
  'calendar:UID',
  'calendar:Start',
  'calendar:End',
  'calendar:IsAllDayEvent',
  'calendar:LegacyFreeBusyStatus',
  'calendar:IsCancelled',
  'calendar:CalendarItemType',
  'calendar:MyResponseType',
  'calendar:Organizer',
  'calendar:RequiredAttendees',
  'calendar:OptionalAttendees',
  'calendar:AppointmentSequenceNumber',
  'calendar:StartTimeZone',
]
/** What of it makes time busy. */
export const TIMES: readonly Field[] = [
  'calendar:UID',
  'calendar:Start',
  'calendar:End',
  'calendar:IsAllDayEvent',
  'calendar:LegacyFreeBusyStatus',
  'calendar:IsCancelled',
  'calendar:CalendarItemType',
  'calendar:MyResponseType',
  'calendar:StartTimeZone',
]

const LONGEST_TITLE = 1000
const MOST_ATTENDEES = 500
const LONGEST_ADDRESS = 320
const FAR = 5 * 366 * DAY

/** Letter for letter: Exchange's ids differ in case alone. */
export function idOf(item: Element): string {
  const id = attribute(child(item, 'ItemId'), 'Id')
  if (id === '') throw new Unreachable('an item without an id', 'bad-answer')
  return id
}
export const changeKeyOf = (item: Element): string => attribute(child(item, 'ItemId'), 'ChangeKey')

export const isMaster = (item: Element): boolean => textAt(item, 'CalendarItemType') === 'RecurringMaster'

/** The UID an event is known by: ours where we wrote it, else its own. */
export const uidOf = (item: Element): string => markIn(item, MARK) ?? (textAt(item, 'UID') || idOf(item))

export type Occurrence = RemoteEvent['occurrences'][number]

/** When an entry is and what it does to its owner's time; null when that is nothing in this window. */
export function occurrenceOf(
  item: Element,
  reading: Reading,
): { occurrence: Occurrence | null; trouble: string | null } {
  const { start, end, allDay, trouble } = timesOf(item, reading)
  const { window } = reading
  if (start >= end || start >= window.end || end <= window.start) return { occurrence: null, trouble }
  const kind = trouble === null ? kindOf(item) : blurred(kindOf(item))
  // Year 1601 and year 4500 are in calendars; no question reaches there and no database should have to (D17).
  return {
    occurrence: { start: Math.max(start, 0), end: Math.min(end, window.end + FAR), kind, allDay },
    trouble,
  }
}

/** We do not know when it is busy; a kind that does not block says so still. */
const blurred = (kind: Occurrence['kind']): Occurrence['kind'] => (kind === 'busy' ? 'unknown' : kind)

/** An item as GetItem tells it. A series comes with the occurrences that the server's own view gave. */
export function toRemote(
  item: Element,
  reading: Reading,
  series: readonly Occurrence[] | null = null,
): RemoteEvent {
  const { occurrence, trouble } =
    series === null ? occurrenceOf(item, reading) : { occurrence: null, trouble: null }
  const secret = isPrivate(textAt(item, 'Sensitivity'))
  const people = secret ? NOBODY : peopleOf(item)
  const madeAt = instantOf(textAt(item, 'DateTimeCreated'))
  const sequence = textAt(item, 'AppointmentSequenceNumber')
  return {
    remoteId: idOf(item),
    etag: changeKeyOf(item),
    uid: uidOf(item),
    occurrences:
      series === null ? (occurrence ? [occurrence] : []) : series.toSorted((a, b) => a.start - b.start),
    title: secret ? null : titleIn(textAt(item, 'Subject')),
    private: secret,
    attendees: people.attendees,
    declined: people.declined,
    accepted: people.accepted,
    trouble,
    sequence: /^\d{1,6}$/.test(sequence) ? Number(sequence) : 0,
    mark: markIn(item, MARK),
    madeAt: Number.isNaN(madeAt) ? null : madeAt,
  }
}

/** An item that the server itself cannot tell, or may not: its time, as far as it is known, is kept busy (I8). */
export function opaque(remoteId: string, told: Element, reading: Reading, denied: boolean): RemoteEvent {
  const { start, end, allDay } = timesOf(told, reading)
  const { window } = reading
  const inside = start < end && start < window.end && end > window.start
  return {
    remoteId,
    etag: changeKeyOf(told),
    uid: remoteId,
    occurrences: inside
      ? [{ start: Math.max(start, 0), end: Math.min(end, window.end + FAR), kind: 'unknown', allDay }]
      : [],
    title: null,
    private: denied,
    attendees: [],
    trouble: denied ? null : troubleOf('unreadable'),
    sequence: 0,
  }
}

/** A word we do not know counts as private, as in RFC 5545 §3.8.1.3. */
const isPrivate = (sensitivity: string): boolean => sensitivity !== '' && sensitivity !== 'Normal'

function titleIn(subject: string): string | null {
  const clean = subject
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_TITLE)
    .toWellFormed()
  return clean === '' ? null : clean
}

type People = { attendees: string[]; declined: string[]; accepted: string[] }
const NOBODY: People = { attendees: [], declined: [], accepted: [] }

function peopleOf(item: Element): People {
  const first = addressIn(child(item, 'Organizer'))
  const all = new Set(first === null ? [] : [first])
  const answers: Record<string, string[]> = { Decline: [], Accept: [] }
  for (const list of ['RequiredAttendees', 'OptionalAttendees'])
    for (const each of childrenOf(child(item, list), 'Attendee')) {
      const address = addressIn(each)
      if (address === null || all.has(address) || all.size >= MOST_ATTENDEES) continue
      all.add(address)
      answers[textAt(each, 'ResponseType')]?.push(address)
    }
  return { attendees: [...all], declined: answers['Decline']!, accepted: answers['Accept']! }
}

/** An SMTP address; colleagues in the same company may be told by an X.500 name instead, which is none. */
function addressIn(person: Element | null): string | null {
  const address = textAt(person, 'Mailbox', 'EmailAddress')
  return /^[^@/\s]+@[^@\s]+$/.test(address) && address.length <= LONGEST_ADDRESS
    ? address.toLowerCase()
    : null
}

import { createHash } from 'node:crypto'
import { trouble } from '#core/icalendar/trouble.ts'
import type { Change, EventKind, RemoteEvent } from '../provider.ts'
import { isRaw } from './ask.ts'
import type { Raw } from './ask.ts'
import { kindOf, ownAnswer } from './kind.ts'
import { instantOf, timesOf } from './times.ts'
import type { Reading } from './times.ts'

/** The name of our private property: it holds the UID an event was written under. */
export const MARK = 'ritrovo'

/** What reading needs of an event, so that no description and no attachment travels. */
export const FIELDS = [
  'id,etag,status,iCalUID,recurringEventId,originalStartTime,summary,visibility,transparency,eventType,start,end,created',
  'sequence,organizer(email,self),creator/email,attendees(email,self,resource,responseStatus)',
  'extendedProperties/private,source/url',
].join(',')

const LONGEST_TITLE = 1000
const MOST_ATTENDEES = 500

/** One item of a list. Written by hand and without a schema, since whole calendars pass through; never throws (B24). */
export function readItem(item: unknown, reading: Reading): Change {
  if (!isRaw(item)) return unreadable(item, reading)
  const { id } = item
  if (typeof id !== 'string' || id === '') return unreadable(item, reading)
  if (item['status'] === 'cancelled') return { kind: 'remove', remoteId: id }
  return { kind: 'upsert', event: readEvent(id, item, reading) }
}

function readEvent(id: string, item: Raw, reading: Reading): RemoteEvent {
  const { start, end, allDay, trouble: why } = timesOf(item['start'], item['end'], reading)
  const { window } = reading
  const people = peopleOf(item)
  const known = kindOf(item, people.answer)
  const kind: EventKind = why !== null && known === 'busy' ? 'unknown' : known
  const mark = markOf(item)
  const { summary, visibility } = item
  const secret = visibility !== undefined && visibility !== 'default' && visibility !== 'public'
  return {
    remoteId: id,
    etag: text(item['etag']),
    uid: mark ?? uidOf(id, item),
    occurrences:
      start < window.end && (end > window.start || start >= window.start)
        ? [{ start, end, kind, allDay }]
        : [],
    title: secret || typeof summary !== 'string' ? null : titleOf(summary),
    private: secret,
    // Of a private event nobody but its owner learns with whom it is; who answered to one of ours is ours to know.
    attendees: secret ? [] : people.all,
    trouble: why,
    sequence: typeof item['sequence'] === 'number' ? item['sequence'] : 0,
    mark,
    declined: secret && mark === null ? [] : people.declined,
    accepted: secret && mark === null ? [] : people.accepted,
    madeAt: typeof item['created'] === 'string' ? instantOf(item['created']) || null : null,
    byProgram: mark !== null || item['eventType'] === 'fromGmail' || item['source'] !== undefined,
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The UID an event of ours was written under, whatever its id is by now; null for everybody else's. */
export function markOf(item: Raw): string | null {
  const properties = item['extendedProperties']
  if (!isRaw(properties)) return null
  const own = properties['private']
  const mark = isRaw(own) ? own[MARK] : undefined
  return typeof mark === 'string' && mark !== '' ? mark : null
}

/** All instances of a series share one iCalUID: the start they were meant to have tells them apart. */
function uidOf(id: string, item: Raw): string {
  const { iCalUID, recurringEventId, originalStartTime: meant } = item
  if (typeof iCalUID !== 'string' || iCalUID === '') return id
  if (recurringEventId === undefined) return iCalUID
  return `${iCalUID}/${isRaw(meant) ? text(meant['dateTime'] ?? meant['date']) || id : id}`
}

const UNPRINTABLE = /[\p{Cc}\u2028\u2029]+/gu

function titleOf(summary: string): string | null {
  const plain = summary.slice(0, LONGEST_TITLE).replace(UNPRINTABLE, ' ').trim()
  return plain === '' ? null : plain.toWellFormed()
}

/** `answer` is what the owner of this calendar has said. */
type People = { all: string[]; declined: string[]; accepted: string[]; answer: unknown }

/** Who is in it, the organizer first; an event without guests is its owner's alone and names nobody. Rooms are not people. */
function peopleOf(item: Raw): People {
  const { attendees, organizer } = item
  const people: People = { all: [], declined: [], accepted: [], answer: undefined }
  if (!Array.isArray(attendees) || attendees.length === 0) return people
  const first = organizerOf(item)
  if (first !== null) people.all.push(first)
  for (let i = 0; i < attendees.length; i++) {
    const each: unknown = attendees[i]
    if (!isRaw(each)) continue
    const { self, resource, responseStatus } = each
    if (self === true) people.answer = ownAnswer(responseStatus, organizer)
    const address = resource === true || people.all.length >= MOST_ATTENDEES ? null : addressIn(each)
    if (address === null) continue
    if (!people.all.includes(address)) people.all.push(address)
    if (responseStatus === 'declined') people.declined.push(address)
    else if (responseStatus === 'accepted') people.accepted.push(address)
  }
  return people
}

/** Calendars beside the first organize under an address of their own: then it is whoever made the event. */
function organizerOf({ organizer, creator }: Raw): string | null {
  const address = isRaw(organizer) ? addressIn(organizer) : null
  if (address !== null && !address.endsWith('calendar.google.com')) return address
  return isRaw(creator) ? addressIn(creator) : null
}

function addressIn({ email }: Raw): string | null {
  return typeof email === 'string' && email.length <= 320 && email.includes('@') ? email.toLowerCase() : null
}

/** Something without a name, or no event at all: busy all the time until a read no longer finds it. */
function unreadable(item: unknown, reading: Reading): Change {
  const name = createHash('sha256').update(JSON.stringify(item)).digest('base64url').slice(0, 22)
  const event = readEvent(`unnamed-${name}`, isRaw(item) ? item : {}, reading)
  return { kind: 'upsert', event: { ...event, trouble: event.trouble ?? trouble('unreadable') } }
}

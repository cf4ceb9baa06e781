import { mergeObject } from '#core/icalendar/merge.ts'
import { writeObject } from '#core/icalendar/write.ts'
import type { CalendarEvent } from '#core/icalendar/write.ts'
import { readWritten } from '#core/icalendar/written.ts'
import { NotFound, Unreachable } from '../provider.ts'
import type { EventDraft, Session, WrittenEvent } from '../provider.ts'
import { ask, faultOf, resolve } from './dav.ts'
import type { Answer } from './dav.ts'
import { conditionsIn } from './multistatus.ts'
import { idOf, queryUid } from './objects.ts'

const ICALENDAR = { 'content-type': 'text/calendar; charset=utf-8' }
const TRIES = 4
const MOST_NAMESAKES = 5

/** PUT under our own name, refused if it is taken: then it is our own earlier try, whose reply was lost (C06, C23). */
export async function createEvent(
  session: Session,
  remoteId: string,
  draft: EventDraft,
): Promise<WrittenEvent> {
  const calendar = calendarAt(session, remoteId)
  const address = addressFor(calendar, draft.uid)
  const written = await ask(session, address, {
    method: 'PUT',
    body: writeObject(revision(draft), 'STORE'),
    headers: { ...ICALENDAR, 'if-none-match': '*' },
  })
  if (written.status >= 200 && written.status < 300) return await readBack(session, calendar, draft.uid)
  if (!isTaken(written)) throw faultOf(written)
  const standing = await readEvent(session, remoteId, draft.uid)
  if (!standing)
    throw new Unreachable(`${calendar.host} says that something else has our name or our UID`, 'conflict')
  return standing
}

/** The name is taken (412), or the UID lives under another (RFC 4791 §5.3.2.1; RFC 6638 §3.2.4.1 for the whole account). */
const isTaken = (answer: Answer): boolean =>
  answer.status === 412 ||
  ['caldav:no-uid-conflict', 'caldav:unique-scheduling-object-resource'].some((condition) =>
    conditionsIn(answer.body).includes(condition),
  )

/** What the calendar holds now, whatever the PUT said: servers rewrite events, and not all tell an ETag (Cyrus). */
async function readBack(session: Session, calendar: URL, uid: string): Promise<WrittenEvent> {
  const standing = await readEvent(session, calendar.pathname, uid)
  if (!standing) throw new Unreachable(`${calendar.host} took the event but does not show it`, 'bad-answer')
  return standing
}

export async function readEvent(
  session: Session,
  remoteId: string,
  uid: string,
): Promise<WrittenEvent | null> {
  const calendar = calendarAt(session, remoteId)
  const direct = await readAt(session, calendar, addressFor(calendar, uid), uid)
  if (direct) return direct.event
  for (const href of (await queryUid(session, calendar, uid)).slice(0, MOST_NAMESAKES)) {
    const found = await readAt(session, calendar, resolve(href, calendar), uid)
    if (found) return found.event
  }
  return null
}

type Read = { event: WrittenEvent; text: string }

/** The event at this address if it is the one of this UID; null when nothing or something else is there. */
async function readAt(session: Session, calendar: URL, address: URL, uid: string): Promise<Read | null> {
  const answer = await ask(session, address, { method: 'GET' })
  if (answer.status === 404 || answer.status === 410) return null
  if (answer.status !== 200) throw faultOf(answer)
  const found = readWritten(answer.body, uid, session.zone)
  if (!found) return null
  return {
    event: { remoteId: idOf(answer.url.href, calendar), etag: etagOf(answer), uid, ...found },
    text: answer.body,
  }
}

/** What compresses on the way marks the ETag (`W/` by nginx, `-gzip` by Apache), and marked no If-Match ever fits. */
const etagOf = ({ headers }: Answer): string =>
  (headers.get('etag') ?? '').replace(/^W\//, '').replace(/-(?:gzip|br|deflate|zstd)"$/, '"')

/** Reads, changes what is ours, writes if nobody else wrote meanwhile; else once more from the start (RFC 4791 §5.3.4). */
export async function updateEvent(
  session: Session,
  remoteId: string,
  eventId: string,
  draft: EventDraft,
): Promise<WrittenEvent> {
  const calendar = calendarAt(session, remoteId)
  const address = resolve(eventId, calendar)
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await readAt(session, calendar, address, draft.uid)
    if (!stored) throw new NotFound(`${calendar.host} no longer has the event`)
    const merged = mergeObject(stored.text, revision(draft))
    if (merged === null)
      throw new Unreachable(`${calendar.host} holds the event in a form we cannot change`, 'bad-answer')
    const { etag } = stored.event
    const written = await ask(session, address, {
      method: 'PUT',
      body: merged,
      headers: { ...ICALENDAR, ...(etag === '' ? {} : { 'if-match': etag }) },
    })
    if (written.status >= 200 && written.status < 300) {
      const read = await readAt(session, calendar, address, draft.uid)
      if (!read) throw new NotFound(`${calendar.host} no longer has the event`)
      return read.event
    }
    if (written.status !== 412) throw faultOf(written)
  }
  throw new Unreachable(`the event at ${calendar.host} changes faster than we can follow`, 'conflict')
}

export async function deleteEvent(session: Session, remoteId: string, eventId: string): Promise<void> {
  const answer = await ask(session, resolve(eventId, calendarAt(session, remoteId)), { method: 'DELETE' })
  const gone = answer.status === 404 || answer.status === 410
  if (!gone && (answer.status < 200 || answer.status >= 300)) throw faultOf(answer)
}

const revision = (draft: EventDraft): CalendarEvent => ({ ...draft, stamp: Date.now() })

const calendarAt = (session: Session, remoteId: string): URL => resolve(remoteId, new URL(session.address))

/** The same UID gives the same name in every try; what no server could misread in a path is kept, the rest is spelt out. */
function addressFor(calendar: URL, uid: string): URL {
  const name = Array.from(uid.toWellFormed(), (character) =>
    /[A-Za-z0-9_-]/.test(character) ? character : `.${character.codePointAt(0)!.toString(16)}.`,
  ).join('')
  return new URL(`${name}.ics`, calendar.href.endsWith('/') ? calendar : `${calendar.href}/`)
}

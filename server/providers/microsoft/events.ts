import { MINUTE } from '#core/time/model.ts'
import { NotFound, Unreachable } from '../provider.ts'
import type { EventDraft, Session, WrittenEvent } from '../provider.ts'
import { ask, at, isOk, isRaw, read, readAll } from './ask.ts'
import type { Raw } from './ask.ts'
import { allowsTeams } from './calendars.ts'
import { changesFor, newEvent } from './draft.ts'
import { idOf } from './event.ts'
import { errorIn, faultOf } from './faults.ts'
import { MARK, markedWith, markIn, WITH_MARKS } from './mark.ts'
import { timesOf } from './times.ts'

const FIELDS = [
  'id',
  'iCalUId',
  'subject',
  'body',
  'location',
  'start',
  'end',
  'isAllDay',
  'isCancelled',
  'attendees',
  'isOnlineMeeting',
  'onlineMeeting',
  'createdDateTime',
  'originalStartTimeZone',
].join(',')
const TRIES = 3

/**
 * One POST under a transactionId made from our UID. A repeated one is answered with the event that stands, or,
 * where it says something else by now, refused as a duplicate: then the event that stands is found and brought to
 * what the draft says (C06, C22).
 */
export async function createEvent(
  session: Session,
  calendar: string,
  draft: EventDraft,
): Promise<WrittenEvent> {
  const teams = draft.conference === 'teams' && (await mayTeams(session, calendar))
  const where = at(session, ['me', 'calendars', calendar, 'events'])
  const answer = await ask(session, where, { method: 'POST', body: newEvent(draft, teams) })
  if (isOk(answer)) {
    const made = read(answer)
    remember(session, calendar, draft.uid, idOf(made))
    const written = toWritten(session, made, draft)
    return agrees(written, draft) ? written : update(session, calendar, made, draft, { teams, inUtc: true })
  }
  const { code, existing } = errorIn(answer.text)
  if (code !== 'ErrorDuplicateTransactionId') throw faultOf(answer)
  const standing =
    (await find(session, calendar, draft.uid, existing)) ??
    (await readById(session, calendar, existing, draft.uid))
  if (!standing)
    throw new Unreachable(`${answer.host} says that something else has our transaction`, 'conflict')
  return update(session, calendar, standing, draft, { teams, inUtc: false })
}

async function mayTeams(session: Session, calendar: string): Promise<boolean> {
  const where = at(session, ['me', 'calendars', calendar], { $select: 'id,allowedOnlineMeetingProviders' })
  return allowsTeams(read(await ask(session, where, { method: 'GET' })))
}

/**
 * Changes what is ours, if nobody else changed the event meanwhile; else once more from the start (B20). Found by
 * its mark: its id may be another by now (B19).
 */
export async function updateEvent(
  session: Session,
  calendar: string,
  eventId: string,
  draft: EventDraft,
): Promise<WrittenEvent> {
  const stored = await find(session, calendar, draft.uid, eventId)
  if (!stored) throw new NotFound('the calendar no longer has the event')
  const teams =
    draft.conference === 'teams' && stored['isOnlineMeeting'] !== true && (await mayTeams(session, calendar))
  return update(session, calendar, stored, draft, { teams, inUtc: false })
}

async function update(
  session: Session,
  calendar: string,
  first: Raw,
  draft: EventDraft,
  options: { teams: boolean; inUtc: boolean },
): Promise<WrittenEvent> {
  let stored: Raw | null = first
  for (let tries = 0; tries < TRIES; tries++) {
    if (!stored) throw new NotFound('the calendar no longer has the event')
    const before = toWritten(session, stored, draft)
    const changes = changesFor(stored, !agrees(before, draft), draft, options)
    if (changes === null) return before
    const where = at(session, ['me', 'calendars', calendar, 'events', idOf(stored)])
    const answer = await ask(session, where, {
      method: 'PATCH',
      body: changes,
      ...(before.etag === '' ? {} : { ifMatch: before.etag }),
    })
    if (isOk(answer)) {
      remember(session, calendar, draft.uid, idOf(stored))
      const after = toWritten(session, read(answer), draft)
      // Windows' rules for a zone may not be the world's; UTC has none.
      return agrees(after, draft) || options.inUtc
        ? after
        : update(session, calendar, { ...stored, ...read(answer) }, draft, { ...options, inUtc: true })
    }
    if (answer.status !== 412) throw faultOf(answer)
    stored = await find(session, calendar, draft.uid, idOf(stored))
  }
  throw new Unreachable('the event changes faster than we can follow', 'conflict')
}

/**
 * An event already gone is success (C25). Whom Exchange invited, it also tells (event: delete); nobody else is in
 * it.
 */
export async function deleteEvent(session: Session, calendar: string, eventId: string): Promise<void> {
  const answer = await ask(session, at(session, ['me', 'calendars', calendar, 'events', eventId]), {
    method: 'DELETE',
  })
  if (isOk(answer)) return
  const fault = faultOf(answer)
  if (!(fault instanceof NotFound)) throw fault
}

export async function readEvent(
  session: Session,
  calendar: string,
  uid: string,
): Promise<WrittenEvent | null> {
  const found = await find(session, calendar, uid, null)
  return found && toWritten(session, found, { uid })
}

/**
 * The event with our mark in this calendar; a copy its host made carries the mark too, so the one we know comes
 * first, then the oldest. Asked of the calendar's own list: an id alone also opens what lies in the bin.
 */
async function find(
  session: Session,
  calendar: string,
  uid: string,
  eventId: string | null,
): Promise<Raw | null> {
  const query = { $filter: markedWith(uid), $expand: WITH_MARKS, $select: FIELDS, $top: '10' }
  const listed = await readAll(session, at(session, ['me', 'calendars', calendar, 'events'], query))
  const known = eventId ?? recall(session, calendar, uid)
  // The filter knows no case.
  const ours = listed.filter((item) => markIn(item, MARK) === uid)
  const age = (item: Raw): string =>
    typeof item['createdDateTime'] === 'string' ? item['createdDateTime'] : ''
  const sorted = ours.sort(
    (a, b) => Number(b['id'] === known) - Number(a['id'] === known) || (age(a) < age(b) ? -1 : 1),
  )
  // What was made a moment ago may not be in the lists yet.
  return sorted[0] ?? (await readById(session, calendar, recall(session, calendar, uid), uid))
}

async function readById(
  session: Session,
  calendar: string,
  eventId: string | null,
  uid: string,
): Promise<Raw | null> {
  if (eventId === null) return null
  const where = at(session, ['me', 'calendars', calendar, 'events', eventId], {
    $expand: WITH_MARKS,
    $select: FIELDS,
  })
  try {
    const item = read(await ask(session, where, { method: 'GET' }))
    return markIn(item, MARK) === uid ? item : null
  } catch (error) {
    if (error instanceof NotFound) return null
    throw error
  }
}

const LATELY = MINUTE
const MOST = 500
const lately = new Map<string, { id: string; until: number }>()
const nameOf = (session: Session, calendar: string, uid: string): string =>
  [session.address, session.user, calendar, uid].join('\n')

function remember(session: Session, calendar: string, uid: string, id: string): void {
  if (lately.size >= MOST) lately.clear()
  lately.set(nameOf(session, calendar, uid), { id, until: Date.now() + LATELY })
}

function recall(session: Session, calendar: string, uid: string): string | null {
  const known = lately.get(nameOf(session, calendar, uid))
  return known && known.until > Date.now() ? known.id : null
}

const agrees = ({ span }: WrittenEvent, draft: EventDraft): boolean =>
  span !== null && span.start === draft.span.start && span.end === draft.span.end

function toWritten(
  session: Session,
  item: Raw,
  { uid, conference }: Pick<EventDraft, 'uid' | 'conference'>,
): WrittenEvent {
  const { start, end, trouble } = timesOf(item, { window: { start: 0, end: 0 }, zone: session.zone })
  const { iCalUId, subject } = item
  const etag = item['@odata.etag']
  return {
    remoteId: idOf(item),
    etag: typeof etag === 'string' ? etag : '',
    uid,
    ...(typeof iCalUId === 'string' && iCalUId !== '' ? { calendarUid: iCalUId } : {}),
    span: trouble === null ? { start, end } : null,
    title: typeof subject === 'string' ? subject : null,
    cancelled: item['isCancelled'] === true,
    join: joinIn(item, conference === 'teams'),
  }
}

/**
 * Exchange makes the link with the event, or a moment later; an event that was to have one and is no online meeting
 * gets none (C28).
 */
function joinIn(
  { isOnlineMeeting, onlineMeeting }: Raw,
  asked: boolean,
): NonNullable<WrittenEvent['join']> | null {
  const url = isRaw(onlineMeeting) ? onlineMeeting['joinUrl'] : null
  if (typeof url === 'string' && URL.parse(url)?.protocol === 'https:') return { state: 'ready', url }
  if (isOnlineMeeting === true) return { state: 'pending' }
  return asked ? { state: 'failed' } : null
}

import { NotFound, Unreachable } from '../provider.ts'
import type { EventDraft, Session, WrittenEvent } from '../provider.ts'
import { ask, isOk, isRaw, read } from './ask.ts'
import type { Question, Raw } from './ask.ts'
import { mergedBody, wholeBody } from './body.ts'
import { faultOf } from './faults.ts'
import { eventId } from './id.ts'
import { linkOf } from './link.ts'
import { MARK, markOf } from './read.ts'
import { timesOf } from './times.ts'

const TRIES = 3
const TURNS = 4

// Said in every write: where it is left out, a guest is told of a change to an event nobody announced (C27).
const SILENT = { sendUpdates: 'none' }

/**
 * Looks first, then inserts under an id made from the UID: an earlier try whose reply was lost has left the event (C06), and Google
 * does not promise to notice an id used twice (C21). An id that is taken is ours, to be adopted, or a stranger's, to be left (C20).
 */
export async function createEvent(
  session: Session,
  calendar: string,
  draft: EventDraft,
): Promise<WrittenEvent> {
  const standing = await search(session, calendar, draft.uid)
  if (standing) return await adopt(session, calendar, standing, draft)
  for (let turn = 0; turn < TURNS; turn++) {
    const id = eventId(draft.uid, turn)
    const body = wholeBody(draft)
    const answer = await askEvents(session, calendar, [], {
      method: 'POST',
      query: { ...SILENT, ...versionFor(body) },
      body: { id, ...body },
    })
    if (answer.status !== 409) return written(read(answer), draft.uid, session)
    const holder = await getEvent(session, calendar, id)
    if (holder && markOf(holder) === draft.uid) return await adopt(session, calendar, holder, draft)
  }
  throw new Unreachable('others have taken every id for the event', 'conflict')
}

async function adopt(
  session: Session,
  calendar: string,
  holder: Raw,
  draft: EventDraft,
): Promise<WrittenEvent> {
  const found = written(holder, draft.uid, session)
  const agrees = found.span?.start === draft.span.start && found.span.end === draft.span.end
  if (agrees && !found.cancelled && (draft.conference !== 'meet' || found.join)) return found
  return await change(session, calendar, found.remoteId, draft, { revive: true })
}

/** Changes what is ours on top of what stands, if nobody else wrote meanwhile; else once more from the start (B20). */
export const updateEvent = (
  session: Session,
  calendar: string,
  remoteId: string,
  draft: EventDraft,
): Promise<WrittenEvent> => change(session, calendar, remoteId, draft, { revive: false })

async function change(
  session: Session,
  calendar: string,
  remoteId: string,
  draft: EventDraft,
  { revive }: { revive: boolean },
): Promise<WrittenEvent> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await getEvent(session, calendar, remoteId)
    const gone = stored?.['status'] === 'cancelled'
    if (!stored || (gone && !revive)) throw new NotFound('the event is no longer in the calendar')
    const mark = markOf(stored)
    if (mark !== null && mark !== draft.uid) throw new NotFound('another event stands there')
    const body = gone
      ? wholeBody({ ...draft, sequence: Math.max(draft.sequence, sequenceOf(stored)) })
      : mergedBody(stored, draft)
    const { etag } = stored
    const answer = await askEvents(session, calendar, [remoteId], {
      method: 'PATCH',
      query: { ...SILENT, ...versionFor(body) },
      body,
      ...(typeof etag === 'string' ? { ifMatch: etag } : {}),
    })
    if (answer.status !== 412) return written(read(answer), draft.uid, session)
  }
  throw new Unreachable('the event changes faster than we can follow', 'conflict')
}

export async function deleteEvent(session: Session, calendar: string, remoteId: string): Promise<void> {
  const answer = await askEvents(session, calendar, [remoteId], { method: 'DELETE', query: SILENT })
  if (!isOk(answer) && answer.status !== 404 && answer.status !== 410) throw faultOf(answer)
}

/** By its own id, and where that is not ours or no longer there, by our private property: an event may have moved to another id. */
export async function readEvent(
  session: Session,
  calendar: string,
  uid: string,
): Promise<WrittenEvent | null> {
  const direct = await getEvent(session, calendar, eventId(uid))
  const standing =
    direct && markOf(direct) === uid && direct['status'] !== 'cancelled'
      ? direct
      : await search(session, calendar, uid)
  return standing && written(standing, uid, session)
}

/** Deleted events are still told here, as cancelled ones. */
async function getEvent(session: Session, calendar: string, id: string): Promise<Raw | null> {
  const answer = await askEvents(session, calendar, [id], { method: 'GET' })
  return answer.status === 404 || answer.status === 410 ? null : read(answer)
}

async function search(session: Session, calendar: string, uid: string): Promise<Raw | null> {
  const answer = await askEvents(session, calendar, [], {
    method: 'GET',
    query: { privateExtendedProperty: `${MARK}=${uid}` },
  })
  const { kind, items = [] } = read(answer)
  if (kind !== 'calendar#events' || !Array.isArray(items))
    throw new Unreachable(`${answer.host} answered with something that is no list of events`, 'bad-answer')
  const ours = (items as unknown[]).filter(
    (item): item is Raw => isRaw(item) && item['status'] !== 'cancelled' && markOf(item) === uid,
  )
  // A copy its owner made carries our mark too; the original has our id.
  return ours.find(({ id }) => id === eventId(uid)) ?? ours[0] ?? null
}

const askEvents = (session: Session, calendar: string, path: readonly string[], question: Question) =>
  ask(session, session.address, ['calendars', calendar, 'events', ...path], question)

/** Without it Google would drop the wish for a link; with it, and no such wish, a client says it knows of links it does not send. */
const versionFor = (body: object): Question['query'] =>
  'conferenceData' in body ? { conferenceDataVersion: '1' } : {}

const sequenceOf = ({ sequence }: Raw): number => (typeof sequence === 'number' ? sequence : 0)

const EVER = { start: -Infinity, end: Infinity }

function written(event: Raw, uid: string, { zone }: Session): WrittenEvent {
  const { id, etag, iCalUID, summary, status } = event
  if (typeof id !== 'string' || id === '')
    throw new Unreachable('the calendar answered with something that is no event', 'bad-answer')
  const { start, end, trouble } = timesOf(event['start'], event['end'], { window: EVER, zone })
  return {
    remoteId: id,
    etag: typeof etag === 'string' ? etag : '',
    uid,
    ...(typeof iCalUID === 'string' ? { calendarUid: iCalUID } : {}),
    span: trouble === null ? { start, end } : null,
    title: typeof summary === 'string' ? summary : null,
    cancelled: status === 'cancelled',
    join: linkOf(event),
  }
}

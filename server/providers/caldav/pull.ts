import type { Span } from '#core/time/model.ts'
import { CursorExpired, Unreachable } from '../provider.ts'
import type { Change, Page, Session, SyncCursor } from '../provider.ts'
import { aboutCalendar, ownersOf, zoneIn } from './about.ts'
import { digest, readCursor, writeCursor } from './cursor.ts'
import type { ByEtags, ByToken, Cursor } from './cursor.ts'
import { ask, askMany, body, faultOf, propfind, readMany, resolve } from './dav.ts'
import type { Answer } from './dav.ts'
import { property } from './multistatus.ts'
import type { Multistatus } from './multistatus.ts'
import { fetchChanges, idOf } from './objects.ts'
import { escapeXml, textIn } from './xml.ts'

// A page must be read and saved well within the minute for which a reader may hold a calendar.
const PAGE = 200
// Servers that honour the limit cut their list here and say so; the others send all of it.
const LIST = 1000

/** The next page. A list is asked for once and brought page by page: the cursor carries what is left of it. */
export async function pull(
  session: Session,
  remoteId: string,
  text: SyncCursor | null,
  window: Span,
): Promise<Page> {
  const calendar = resolve(remoteId, new URL(session.address))
  const known = text === null ? null : readCursor(text)
  const { cursor, removed } =
    known === null
      ? await begin(session, calendar)
      : known.pending.length > 0
        ? { cursor: known, removed: [] }
        : await goOn(session, calendar, known)
  const reading = { window, zone: cursor.zone ?? session.zone, owner: cursor.owner }
  const changes = await fetchChanges(session, calendar, cursor.pending.slice(0, PAGE), reading)
  const pending = cursor.pending.slice(PAGE)
  return {
    changes: [
      ...removed.map((href): Change => ({ kind: 'remove', remoteId: idOf(href, calendar) })),
      ...changes,
    ],
    cursor: writeCursor({ ...cursor, pending }),
    more: pending.length > 0 || cursor.cut,
  }
}

type Listed = { cursor: Cursor; removed: string[] }

/** A full read: what the calendar is, then all it holds, by sync-collection where the server has it (RFC 6578 §3.4). */
async function begin(session: Session, calendar: URL): Promise<Listed> {
  const about = await aboutCalendar(session, calendar)
  const start = {
    v: 1 as const,
    zone: zoneIn(about),
    owner: await ownersOf(session, calendar, about),
    pending: [],
    cut: false,
  }
  for (const limited of [true, false]) {
    const listed = await listByToken(session, calendar, start, { by: 'token', token: '', limited })
    // Radicale names what was deleted long ago even to those who know nothing yet.
    if (listed !== 'refused') return { ...listed, removed: [] }
  }
  return listByEtags(session, calendar, start, {
    by: 'etags',
    ctag: textIn(property(about, 'cs:getctag')),
    seen: {},
  })
}

async function goOn(session: Session, calendar: URL, cursor: Cursor): Promise<Listed> {
  const { place } = cursor
  if (place.by === 'token') {
    const listed = await listByToken(session, calendar, cursor, place)
    if (listed !== 'refused') return listed
    // The token, or the calendar itself, or only this minute? Servers say the first in every way there is (B04).
    await aboutCalendar(session, calendar)
    throw new CursorExpired(`${calendar.host} no longer knows our token`)
  }
  const ctag = textIn(property(await aboutCalendar(session, calendar), 'cs:getctag'))
  return ctag !== null && ctag === place.ctag
    ? { cursor, removed: [] }
    : listByEtags(session, calendar, cursor, { ...place, ctag })
}

const REFUSALS = [400, 403, 404, 405, 409, 410, 412, 415, 418, 422, 500, 501, 507]

async function listByToken(
  session: Session,
  calendar: URL,
  cursor: Omit<Cursor, 'place'>,
  place: ByToken,
): Promise<Listed | 'refused'> {
  const limit = place.limited ? `<d:limit><d:nresults>${LIST}</d:nresults></d:limit>` : ''
  const asked = `<d:sync-token>${escapeXml(place.token)}</d:sync-token><d:sync-level>1</d:sync-level>${limit}<d:prop><d:getetag/></d:prop>`
  const answer: Answer = await ask(session, calendar, {
    method: 'REPORT',
    depth: '0',
    body: body('d:sync-collection', asked),
  })
  if (REFUSALS.includes(answer.status)) return 'refused'
  if (answer.status !== 207) throw faultOf(answer)
  const listed = await readMany(answer)
  if (listed.syncToken === null) return 'refused'
  const { changed, removed, cut } = sorted(listed, calendar)
  if (cut && changed.length + removed.length === 0)
    throw new Unreachable(`${calendar.host} cuts its list to nothing`, 'bad-answer')
  return {
    cursor: { ...cursor, pending: changed, cut, place: { ...place, token: listed.syncToken } },
    removed,
  }
}

function sorted(
  { responses }: Multistatus,
  calendar: URL,
): { changed: string[]; removed: string[]; cut: boolean } {
  const own = idOf(calendar.href, calendar)
  const changed: string[] = []
  const removed: string[] = []
  let cut = false
  for (const { href, status } of responses) {
    // 507 for the calendar itself: there is more (RFC 6578 §3.6).
    if (status === 507) cut = true
    else if (status === 404 || status === 410) removed.push(href)
    else if (!href.endsWith('/') && idOf(href, calendar) !== own) changed.push(href)
  }
  return { changed, removed, cut }
}

/** For servers without sync-collection: all names with their ETags, compared with those we know. */
async function listByEtags(
  session: Session,
  calendar: URL,
  cursor: Omit<Cursor, 'place'>,
  place: ByEtags,
): Promise<Listed> {
  const listed = await askMany(session, calendar, {
    method: 'PROPFIND',
    depth: '1',
    body: propfind('d:getetag', 'd:resourcetype'),
  })
  const seen: Record<string, string> = {}
  const pending: string[] = []
  for (const response of listed.responses) {
    if (
      response.href.endsWith('/') ||
      property(response, 'dav:resourcetype')?.children.some(({ tag }) => tag === 'dav:collection')
    )
      continue
    const etag = textIn(property(response, 'dav:getetag'))
    const id = idOf(response.href, calendar)
    // Who gives no ETag is asked for the object each time.
    seen[id] = etag === null ? '' : digest(etag)
    if (etag === null || place.seen[id] !== seen[id]) pending.push(response.href)
  }
  const removed = Object.keys(place.seen).filter((id) => !(id in seen))
  return { cursor: { ...cursor, pending, cut: false, place: { ...place, seen } }, removed }
}

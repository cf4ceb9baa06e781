import { unreadable } from '#core/icalendar/read.ts'
import type { ObjectReading, Reading } from '#core/icalendar/read.ts'
import { DAY } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import { Unreachable } from '../provider.ts'
import type { Change, RemoteEvent, Session } from '../provider.ts'
import { ask, askMany, body, faultOf, resolve } from './dav.ts'
import { readObjects } from './expand-worker.ts'
import { property } from './multistatus.ts'
import type { DavResponse } from './multistatus.ts'
import { escapeXml, textIn } from './xml.ts'

/** An object as the server holds it; no text where it could not be had. */
export type Fetched = { href: string; etag: string; text: string | null }

const BATCH = 100
const BY_HAND = 50

/** The last known spelling of an address: `@` and `%40` are one, or an event that was deleted would stay for ever. */
export const idOf = (href: string, base: URL): string =>
  resolve(href, base).pathname.split('/').map(sameSpelling).join('/')

function sameSpelling(segment: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(segment))
  } catch {
    return segment
  }
}

/** The objects behind these hrefs as changes: what is there is read, what is gone is removed. */
export async function fetchChanges(
  session: Session,
  calendar: URL,
  hrefs: readonly string[],
  reading: Reading,
): Promise<Change[]> {
  const objects: Fetched[] = []
  const changes: Change[] = []
  for (let at = 0; at < hrefs.length; at += BATCH) {
    const { found, gone } = await multiget(session, calendar, hrefs.slice(at, at + BATCH))
    objects.push(...found)
    changes.push(...gone.map((href): Change => ({ kind: 'remove', remoteId: idOf(href, calendar) })))
  }
  return [...changes, ...(await toChanges(objects, calendar, reading))]
}

async function toChanges(objects: readonly Fetched[], calendar: URL, reading: Reading): Promise<Change[]> {
  const readable = objects.filter(({ text }) => text !== null)
  const readings = await readObjects(
    readable.map(({ text }) => text!),
    reading,
  )
  const kept = objects
    .filter(({ text }) => text === null)
    .map((object) => upsert(object, calendar, unreadable('', reading, 'too-large')))
  // A task or a journal under this name may have been an event before.
  const read = readable.map((object, index): Change =>
    readings[index]
      ? upsert(object, calendar, readings[index])
      : { kind: 'remove', remoteId: idOf(object.href, calendar) },
  )
  return [...kept, ...read]
}

function upsert({ href, etag }: Fetched, calendar: URL, reading: ObjectReading): Change {
  const remoteId = idOf(href, calendar)
  const event: RemoteEvent = { ...reading, remoteId, etag, uid: reading.uid || remoteId }
  return { kind: 'upsert', event }
}

type Got = { found: Fetched[]; gone: string[] }

/** One calendar-multiget (RFC 4791 §7.9). An answer too large is asked for in halves; what the server passed over, by hand. */
async function multiget(session: Session, calendar: URL, hrefs: readonly string[]): Promise<Got> {
  let answered: DavResponse[]
  try {
    const list = hrefs.map((href) => `<d:href>${escapeXml(href)}</d:href>`).join('')
    const report = body('c:calendar-multiget', `<d:prop><d:getetag/><c:calendar-data/></d:prop>${list}`)
    answered = (await askMany(session, calendar, { method: 'REPORT', depth: '1', body: report })).responses
  } catch (error) {
    if (!(error instanceof Unreachable) || error.reason !== 'too-large') throw error
    if (hrefs.length === 1)
      return {
        found: [{ href: hrefs[0]!, etag: '', text: await timesOnly(session, calendar, hrefs[0]!) }],
        gone: [],
      }
    const half = Math.ceil(hrefs.length / 2)
    const first = await multiget(session, calendar, hrefs.slice(0, half))
    const second = await multiget(session, calendar, hrefs.slice(half))
    return { found: [...first.found, ...second.found], gone: [...first.gone, ...second.gone] }
  }
  const byId = new Map(answered.map((response) => [idOf(response.href, calendar), response]))
  const got: Got = { found: [], gone: [] }
  let byHand = 0
  for (const href of hrefs) {
    const response = byId.get(idOf(href, calendar))
    const text = response ? textIn(property(response, 'caldav:calendar-data')) : null
    if (text) got.found.push({ href, etag: textIn(property(response!, 'dav:getetag')) ?? '', text })
    else if (response?.status === 404 || response?.status === 410) got.gone.push(href)
    else if (++byHand <= BY_HAND) await byItself(session, calendar, href, got)
    else got.found.push({ href, etag: '', text: null })
  }
  return got
}

async function byItself(session: Session, calendar: URL, href: string, got: Got): Promise<void> {
  const answer = await ask(session, resolve(href, calendar), { method: 'GET' })
  if (answer.status === 404 || answer.status === 410) got.gone.push(href)
  else if (answer.status === 200)
    got.found.push({ href, etag: answer.headers.get('etag') ?? '', text: answer.body })
  else if (answer.status === 401 || answer.status === 429 || answer.status >= 500) throw faultOf(answer)
  else got.found.push({ href, etag: '', text: null })
}

/** Of an object too large to be sent whole, what says when it is (RFC 4791 §9.6.1); null where the server cannot leave out the rest. */
async function timesOnly(session: Session, calendar: URL, href: string): Promise<string | null> {
  const wanted = [
    'UID',
    'DTSTART',
    'DTEND',
    'DURATION',
    'RRULE',
    'RDATE',
    'EXDATE',
    'RECURRENCE-ID',
    'STATUS',
    'TRANSP',
    'CLASS',
    'SEQUENCE',
  ]
  const props = wanted.map((name) => `<c:prop name="${name}"/>`).join('')
  const data = `<c:calendar-data><c:comp name="VCALENDAR"><c:allprop/><c:comp name="VEVENT">${props}</c:comp><c:comp name="VTIMEZONE"/></c:comp></c:calendar-data>`
  const report = body('c:calendar-multiget', `<d:prop>${data}</d:prop><d:href>${escapeXml(href)}</d:href>`)
  try {
    const { responses } = await askMany(session, calendar, { method: 'REPORT', depth: '1', body: report })
    return responses[0] ? textIn(property(responses[0], 'caldav:calendar-data')) : null
  } catch (error) {
    if (error instanceof Unreachable && ['too-large', 'bad-answer', 'server-error'].includes(error.reason))
      return null
    throw error
  }
}

/** The objects that touch the window by the server's own reckoning, with a day to spare for those that float. */
export async function queryWindow(session: Session, calendar: URL, window: Span): Promise<string[]> {
  const time = (instant: number): string =>
    `${new Date(instant).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  const range = `<c:time-range start="${time(window.start - DAY)}" end="${time(window.end + DAY)}"/>`
  const found = await query(session, calendar, range, '<c:calendar-data/>')
  return found.map((response) => textIn(property(response, 'caldav:calendar-data')) ?? '')
}

/** The hrefs whose UID is this one; the server may compare loosely, so whoever asks must look. */
export async function queryUid(session: Session, calendar: URL, uid: string): Promise<string[]> {
  const match = `<c:prop-filter name="UID"><c:text-match collation="i;octet">${escapeXml(uid)}</c:text-match></c:prop-filter>`
  return (await query(session, calendar, match, '')).map(({ href }) => href)
}

async function query(session: Session, calendar: URL, inside: string, data: string): Promise<DavResponse[]> {
  const filter = `<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">${inside}</c:comp-filter></c:comp-filter></c:filter>`
  const report = body('c:calendar-query', `<d:prop><d:getetag/>${data}</d:prop>${filter}`)
  const { responses } = await askMany(session, calendar, { method: 'REPORT', depth: '1', body: report })
  return responses.filter(({ found }) => found.length > 0)
}

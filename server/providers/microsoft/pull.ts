import type { Span } from '#core/time/model.ts'
import { CursorExpired, NotFound, Unreachable } from '../provider.ts'
import type { Page, Session, SyncCursor } from '../provider.ts'
import { ask, at, follow, isOk, read, readList } from './ask.ts'
import type { Answer, List } from './ask.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { ByDelta, ByList } from './cursor.ts'
import { FIELDS } from './event.ts'
import { errorIn, faultOf } from './faults.ts'
import { compared } from './list.ts'
import { changesIn } from './series.ts'

// Bodies cannot be left out of a delta, so what 200 letters can weigh must not be too much; a page that is, is
// asked for in smaller pieces.
const SIZES = [100, 10, 1]

// In any case that servers and their documentation write them in.
const FORGOTTEN = /^(SyncState|ErrorInvalidSyncState|ErrorSyncState|resync|InvalidDeltaToken)/i
// Where `delta` is documented for the primary calendar only, this is how another says that it has none (decision
// 2).
const NO_DELTA = [400, 404, 405, 501]

/** The next page: of a delta round, or of a list where the calendar has no delta. */
export async function pull(
  session: Session,
  calendar: string,
  text: SyncCursor | null,
  window: Span,
): Promise<Page> {
  if (text === null) return begin(session, calendar, window)
  const cursor = readCursor(text)
  return cursor.by === 'delta' ? goOn(session, calendar, cursor) : goOnListing(session, calendar, cursor)
}

async function begin(session: Session, calendar: string, window: Span): Promise<Page> {
  const { isDefaultCalendar } = await aboutCalendar(session, calendar)
  // The one path that v1.0 documents (event: delta); every other calendar must be tried.
  const path =
    isDefaultCalendar === true
      ? ['me', 'calendarView', 'delta']
      : ['me', 'calendars', calendar, 'calendarView', 'delta']
  const first = at(session, path, between(window))
  const answer = await askPage(session, first)
  if (NO_DELTA.includes(answer.status) && !isForgotten(answer))
    return goOnListing(session, calendar, { v: 1, by: 'list', link: null, window, seen: {}, now: {} })
  const cursor: ByDelta = { v: 1, by: 'delta', link: first.href, first: true, window, series: {} }
  return deltaPage(session, calendar, cursor, readList(session, answer))
}

const aboutCalendar = async (session: Session, calendar: string) =>
  read(
    await ask(session, at(session, ['me', 'calendars', calendar], { $select: 'id,isDefaultCalendar' }), {
      method: 'GET',
    }),
  )

const between = ({ start, end }: Span) => ({
  startDateTime: new Date(start).toISOString(),
  endDateTime: new Date(end).toISOString(),
})

async function askPage(session: Session, where: URL): Promise<Answer> {
  for (const pageSize of SIZES)
    try {
      return await ask(session, where, { method: 'GET', pageSize })
    } catch (error) {
      if (!(error instanceof Unreachable) || error.reason !== 'too-large' || pageSize === SIZES.at(-1))
        throw error
    }
  throw new Error('no page size is left')
}

async function goOn(session: Session, calendar: string, cursor: ByDelta): Promise<Page> {
  const answer = await askPage(session, follow(session, cursor.link))
  if (!isOk(answer)) throw await whyNot(session, calendar, answer)
  return deltaPage(session, calendar, cursor, readList(session, answer))
}

async function deltaPage(
  session: Session,
  calendar: string,
  cursor: ByDelta,
  { items, next, delta }: List,
): Promise<Page> {
  const link = next ?? delta
  if (link === null) throw new Unreachable('a delta that leads nowhere', 'bad-answer')
  const { changes, series } = await changesIn(session, calendar, cursor, items)
  return {
    changes,
    cursor: writeCursor({ ...cursor, link, first: cursor.first && next !== null, series }),
    more: next !== null,
  }
}

async function goOnListing(session: Session, calendar: string, cursor: ByList): Promise<Page> {
  const first = at(session, ['me', 'calendars', calendar, 'calendarView'], {
    ...between(cursor.window),
    $select: FIELDS,
    $top: '100',
  })
  const answer = await ask(session, cursor.link === null ? first : follow(session, cursor.link), {
    method: 'GET',
  })
  if (!isOk(answer)) throw cursor.link === null ? faultOf(answer) : await whyNot(session, calendar, answer)
  const { items, next } = readList(session, answer)
  const { changes, seen, now } = compared(session, cursor, items, next === null)
  return { changes, cursor: writeCursor({ ...cursor, link: next, seen, now }), more: next !== null }
}

const isForgotten = ({ status, text }: Answer): boolean =>
  status === 410 || FORGOTTEN.test(errorIn(text).code)

/** The place in the list, or the calendar itself, or only this minute? The first is told in several ways (B03). */
async function whyNot(session: Session, calendar: string, answer: Answer): Promise<Error> {
  const fault = faultOf(answer)
  if (!isForgotten(answer)) {
    if (answer.status !== 400 && !(fault instanceof NotFound)) return fault
    await aboutCalendar(session, calendar)
  }
  return new CursorExpired(`${answer.host} no longer knows our place`)
}

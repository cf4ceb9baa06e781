import type { Span } from '#core/time/model.ts'
import { CursorExpired, Unreachable } from '../provider.ts'
import type { Page, Session, SyncCursor } from '../provider.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { Place } from './cursor.ts'
import { askList, readList, timeText } from './list.ts'
import { readItem } from './read.ts'

const MOST = 2500
// Of a calendar whose events are so full of guests that so many of them are more than we listen to.
const FEWER = 250

/** One page (https://developers.google.com/workspace/calendar/api/guides/sync). A sync token is told no window; what it tells of outside ours has no moment in it. */
export async function pull(
  session: Session,
  calendar: string,
  text: SyncCursor | null,
  window: Span,
): Promise<Page> {
  const cursor: Place = text === null ? { v: 1, from: window, page: null, size: MOST } : readCursor(text)
  try {
    return await pullPage(session, calendar, cursor, window)
  } catch (error) {
    const tooLarge = error instanceof Unreachable && error.reason === 'too-large'
    if (!tooLarge || cursor.size === FEWER) throw error
    return await pullPage(session, calendar, { ...cursor, size: FEWER }, window)
  }
}

async function pullPage(session: Session, calendar: string, cursor: Place, window: Span): Promise<Page> {
  const { from, page, size } = cursor
  const goesOn = page !== null || 'token' in from
  const answer = await askList(session, calendar, {
    maxResults: String(size),
    pageToken: page ?? undefined,
    // Beside a sync token no window may be named.
    ...('token' in from
      ? { syncToken: from.token }
      : { timeMin: timeText(from.start), timeMax: timeText(from.end) }),
  })
  // 410 is what the guide says (fullSyncRequired, updatedMinTooLongAgo); a page token of another time is a 400.
  if (answer.status === 410 || (answer.status === 400 && goesOn))
    throw new CursorExpired(`${answer.host} has forgotten where we were`)
  const { items, zone, nextPage, nextSync } = readList(answer, session)
  // Some lists end without a token: then only another read from the start finds what changed, but this one is whole.
  const next = nextPage
    ? { ...cursor, page: nextPage }
    : { ...cursor, from: nextSync ? { token: nextSync } : 'token' in from ? from : null, page: null }
  const reading = { window, zone }
  return {
    changes: items.map((item) => readItem(item, reading)),
    cursor: writeCursor(next),
    more: nextPage !== null,
  }
}

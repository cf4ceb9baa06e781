import { DAY } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'
import { Unreachable } from '../provider.ts'
import type { EventKind, Session } from '../provider.ts'
import { askList, readList, timeText } from './list.ts'
import { readItem } from './read.ts'

export type FreshSpan = { uid: string; start: Instant; end: Instant; kind: EventKind }

const PIECE = 60 * DAY
const MOST_PAGES = 20

/**
 * The events themselves over the window, not `freeBusy`: that tells spans without a UID, so that a booking of our own could not
 * be told from a stranger's event at its time, and without a kind, so that an invitation nobody has answered could not be told from
 * a meeting. It also wants a scope of its own, which `calendar.events` does not hold.
 */
export async function freshBusy(session: Session, calendar: string, window: Span): Promise<FreshSpan[]> {
  const found = new Map<string, FreshSpan[]>()
  for (let start = window.start; start < window.end; start += PIECE)
    await readPiece(session, calendar, { start, end: Math.min(start + PIECE, window.end) }, window, found)
  return [...found.values()].flat()
}

/** Into `found` by the event's id: who lies across two pieces is told by both. */
async function readPiece(
  session: Session,
  calendar: string,
  piece: Span,
  window: Span,
  found: Map<string, FreshSpan[]>,
): Promise<void> {
  let page: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const answer = await askList(session, calendar, {
      maxResults: '2500',
      timeMin: timeText(piece.start),
      timeMax: timeText(piece.end),
      pageToken: page,
    })
    const { items, zone, nextPage } = readList(answer, session)
    for (const item of items) {
      const change = readItem(item, { window, zone })
      if (change.kind === 'remove') continue
      const { remoteId, uid, occurrences } = change.event
      found.set(
        remoteId,
        occurrences.map(({ start, end, kind }) => ({ uid, start, end, kind })),
      )
    }
    if (nextPage === null) return
    page = nextPage
  }
  throw new Unreachable('the list of events does not end', 'bad-answer')
}

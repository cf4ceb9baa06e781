import type { Span } from '#core/time/model.ts'
import { CursorExpired, NotFound, Unreachable } from '../provider.ts'
import type { Change, Page, Session, SyncCursor } from '../provider.ts'
import { ask, only } from './ask.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { idOf, isMaster, opaque, toRemote, WHOLE } from './event.ts'
import { fieldUri } from './fields.ts'
import { folderId } from './folder.ts'
import { getItems } from './items.ts'
import type { Told } from './items.ts'
import { isTrue } from './kind.ts'
import { child, textAt } from './parse.ts'
import type { Element } from './parse.ts'
import { seriesChanges } from './series.ts'
import { nothing, xml } from './soap.ts'
import { instantOf } from './times.ts'
import type { Reading } from './times.ts'

const MOST_CHANGES = 100
const MOST_EMPTY = 10

/**
 * The next page of what changed. Exchange tells the ids of single events and of series; the series' occurrences are looked up at the end,
 * all at once, in its own view.
 */
export async function pull(
  session: Session,
  calendar: string,
  text: SyncCursor | null,
  window: Span,
): Promise<Page> {
  const cursor: Cursor =
    text === null
      ? { v: 1, state: '', first: true, window, series: {}, ended: false, empty: 0 }
      : readCursor(text)
  if (cursor.ended) return seriesPage(session, calendar, cursor)
  const page = await sync(session, calendar, cursor.state)
  const last = isTrue(textAt(page, 'IncludesLastItemInRange'))
  const state = textAt(page, 'SyncState')
  const told = child(page, 'Changes')?.children ?? []
  const empty = told.length === 0 && !last ? cursor.empty + 1 : 0
  if (state === '' || (!last && state === cursor.state) || empty > MOST_EMPTY)
    throw new Unreachable('the server promises more and gives nothing', 'bad-answer')
  const { changes, series } = await changesIn(session, cursor, told)
  const pending = Object.keys(series).length > 0
  return {
    changes,
    cursor: writeCursor({
      ...cursor,
      state,
      first: cursor.first && !last,
      series,
      ended: last && pending,
      empty,
    }),
    more: !last || pending,
  }
}

async function sync(session: Session, calendar: string, state: string): Promise<Element> {
  // The times besides the id spare a calendar's long past its second question.
  const asked = xml`<t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>${[
    fieldUri('calendar:UID'),
    fieldUri('calendar:Start'),
    fieldUri('calendar:End'),
    fieldUri('calendar:CalendarItemType'),
  ]}</t:AdditionalProperties>`
  const place = state === '' ? nothing : xml`<m:SyncState>${state}</m:SyncState>`
  const reply = await ask(
    session,
    'SyncFolderItems',
    xml`<m:SyncFolderItems><m:ItemShape>${asked}</m:ItemShape><m:SyncFolderId>${folderId(calendar)}</m:SyncFolderId>${place}<m:MaxChangesReturned>${MOST_CHANGES}</m:MaxChangesReturned></m:SyncFolderItems>`,
  )
  try {
    return only(reply)
  } catch (error) {
    // Also ErrorSyncFolderNotFound: whether the folder itself is gone, the read from the start will tell.
    if (error instanceof NotFound && state !== '') throw new CursorExpired(error.message)
    throw error
  }
}

async function changesIn(
  session: Session,
  cursor: Cursor,
  told: readonly Element[],
): Promise<{ changes: Change[]; series: Record<string, string> }> {
  const reading = { window: cursor.window, zone: session.zone }
  const changes: Change[] = []
  const series = new Map(Object.entries(cursor.series))
  const wanted: Element[] = []
  for (const each of told) {
    const item = each.children.find(({ name }) => name === 'CalendarItem')
    if (each.name === 'Delete') changes.push({ kind: 'remove', remoteId: idOf(each) })
    else if (!item) continue
    else if (isMaster(item)) series.set(idOf(item), textAt(item, 'UID'))
    else if (!cursor.first || !isOutside(item, cursor.window)) wanted.push(item)
  }
  const answers = await getItems(session, wanted.map(idOf), WHOLE)
  answers.forEach((answer, index) => {
    const asked = wanted[index]!
    if (answer.kind === 'item' && isMaster(answer.item)) series.set(idOf(asked), textAt(answer.item, 'UID'))
    else changes.push(changeOf(answer, asked, reading))
  })
  for (const change of changes)
    series.delete(change.kind === 'remove' ? change.remoteId : change.event.remoteId)
  return { changes, series: Object.fromEntries(series) }
}

function changeOf(told: Told, asked: Element, reading: Reading): Change {
  const remoteId = idOf(asked)
  if (told.kind === 'gone') return { kind: 'remove', remoteId }
  const event =
    told.kind === 'item'
      ? { ...toRemote(told.item, reading), remoteId }
      : opaque(remoteId, asked, reading, told.kind === 'denied')
  return { kind: 'upsert', event }
}

/** Known, and certain, to lie beyond the window. */
function isOutside(item: Element, { start, end }: Span): boolean {
  const [from, until] = [textAt(item, 'Start'), textAt(item, 'End')]
  if (textAt(item, 'CalendarItemType') !== 'Single' || !/z$/i.test(from) || !/z$/i.test(until)) return false
  return instantOf(until) <= start || instantOf(from) >= end
}

/** All series of this round, with one look at the view; then the cursor is at rest. */
async function seriesPage(session: Session, calendar: string, cursor: Cursor): Promise<Page> {
  const changes = await seriesChanges(session, calendar, cursor)
  return { changes, cursor: writeCursor({ ...cursor, series: {}, ended: false }), more: false }
}

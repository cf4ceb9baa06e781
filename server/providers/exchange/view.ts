import { DAY, MINUTE } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import { Unreachable } from '../provider.ts'
import type { Session } from '../provider.ts'
import { ask, only } from './ask.ts'
import { folderId } from './folder.ts'
import { idOf, TIMES } from './event.ts'
import { shape } from './fields.ts'
import type { Field } from './fields.ts'
import { isTrue } from './kind.ts'
import { MARK, markUri } from './mark.ts'
import { attribute, child } from './parse.ts'
import type { Element } from './parse.ts'
import { xml } from './soap.ts'
import { utc } from './times.ts'

// A view knows no pages and no offset, so it is asked for by date; of two years at once Exchange gives nothing.
const STRETCH = 92 * DAY
// Below what servers allow by default (1000), and little enough to be read in passing.
const MOST = 500
const SHORTEST = MINUTE

/** Everything in these dates, each series expanded by the server itself. */
export async function calendarView(
  session: Session,
  calendar: string,
  window: Span,
  fields: readonly Field[] = TIMES,
): Promise<Element[]> {
  const found = new Map<string, Element>()
  for (let start = window.start; start < window.end; start += STRETCH)
    await look(session, calendar, { start, end: Math.min(start + STRETCH, window.end) }, fields, found)
  return [...found.values()]
}

/** Where the server breaks off, both halves are asked for; what lies across their border comes twice and counts once. */
async function look(
  session: Session,
  calendar: string,
  { start, end }: Span,
  fields: readonly Field[],
  found: Map<string, Element>,
): Promise<void> {
  const root = child(await find(session, calendar, { start, end }, fields), 'RootFolder')
  const items = child(root, 'Items')
  if (!root || !items) throw new Unreachable('a view without items', 'bad-answer')
  for (const item of items.children) if (item.name === 'CalendarItem') found.set(idOf(item), item)
  const told = attribute(root, 'IncludesLastItemInRange')
  if (told === '' ? items.children.length < MOST : isTrue(told)) return
  if (end - start <= SHORTEST) throw new Unreachable('a view without end', 'bad-answer')
  const middle = start + Math.floor((end - start) / 2000) * 1000
  await look(session, calendar, { start, end: middle }, fields, found)
  await look(session, calendar, { start: middle, end }, fields, found)
}

const find = async (session: Session, calendar: string, { start, end }: Span, fields: readonly Field[]) =>
  only(
    await ask(
      session,
      'FindItem',
      xml`<m:FindItem Traversal="Shallow"><m:ItemShape>${shape(fields, [markUri(MARK)])}</m:ItemShape><m:CalendarView MaxEntriesReturned="${MOST}" StartDate="${utc(start)}" EndDate="${utc(end)}"/><m:ParentFolderIds>${folderId(calendar)}</m:ParentFolderIds></m:FindItem>`,
    ),
  )

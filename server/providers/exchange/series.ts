import { DAY } from '#core/time/model.ts'
import type { Change, Session } from '../provider.ts'
import type { Cursor } from './cursor.ts'
import { occurrenceOf, opaque, toRemote, WHOLE } from './event.ts'
import type { Occurrence } from './event.ts'
import { getItems } from './items.ts'
import { textAt } from './parse.ts'
import type { Element } from './parse.ts'
import type { Reading } from './times.ts'
import { calendarView } from './view.ts'

/**
 * Series as events with all their occurrences in the window, as Exchange itself expands them: it alone knows its rules. An occurrence
 * finds its series by the UID they share.
 */
export async function seriesChanges(
  session: Session,
  calendar: string,
  { series, window }: Cursor,
): Promise<Change[]> {
  const reading = { window, zone: session.zone }
  const ids = Object.keys(series)
  const masters = await getItems(session, ids, WHOLE)
  // Whole days are placed by the server in one zone and by us perhaps in another.
  const view = await calendarView(session, calendar, { start: window.start - DAY, end: window.end + DAY })
  const byUid = Map.groupBy(view.filter(isInstance), (item) => textAt(item, 'UID'))
  return masters.map((told, index): Change => {
    const remoteId = ids[index]!
    if (told.kind === 'gone') return { kind: 'remove', remoteId }
    const uid = told.kind === 'item' ? textAt(told.item, 'UID') : series[remoteId]!
    const { occurrences, trouble } = read(byUid.get(uid) ?? [], reading)
    if (told.kind === 'item')
      return { kind: 'upsert', event: { ...toRemote(told.item, reading, occurrences), remoteId, trouble } }
    const event = opaque(remoteId, NOTHING, reading, told.kind === 'denied')
    // Of a series that names itself nowhere, the whole window is kept: that is at least seen.
    return { kind: 'upsert', event: uid === '' ? event : { ...event, occurrences } }
  })
}

function read(
  instances: readonly Element[],
  reading: Reading,
): { occurrences: Occurrence[]; trouble: string | null } {
  const all = instances.map((instance) => occurrenceOf(instance, reading))
  return {
    occurrences: all.flatMap(({ occurrence }) => occurrence ?? []),
    trouble: all.find(({ trouble }) => trouble !== null)?.trouble ?? null,
  }
}

const isInstance = (item: Element): boolean =>
  ['Occurrence', 'Exception'].includes(textAt(item, 'CalendarItemType'))

const NOTHING: Element = { name: 'CalendarItem', attributes: new Map(), children: [], text: '' }

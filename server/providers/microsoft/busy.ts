import { DAY } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import type { CalendarProvider, Session } from '../provider.ts'
import { at, readAll } from './ask.ts'
import { occurrenceOf, uidOf } from './event.ts'

const FIELDS = [
  'id',
  'iCalUId',
  'transactionId',
  'type',
  'seriesMasterId',
  'start',
  'end',
  'isAllDay',
  'originalStartTimeZone',
  'showAs',
  'isCancelled',
  'isOrganizer',
  'responseStatus',
].join(',')

/**
 * The view itself, not `getSchedule`: that merges what it finds, so our own events could not be told from others',
 * knows only primary calendars, and is not there for personal accounts.
 */
export async function freshBusy(
  session: Session,
  calendar: string,
  window: Span,
): ReturnType<NonNullable<CalendarProvider['freshBusy']>> {
  const query = {
    // Whole days are placed by the server in one zone and by us perhaps in another.
    startDateTime: new Date(window.start - DAY).toISOString(),
    endDateTime: new Date(window.end + DAY).toISOString(),
    $select: FIELDS,
    $top: '250',
  }
  const items = await readAll(session, at(session, ['me', 'calendars', calendar, 'calendarView'], query))
  return items.flatMap((item) => {
    const { occurrence } = occurrenceOf(item, { window, zone: session.zone })
    return occurrence
      ? [{ uid: uidOf(item), start: occurrence.start, end: occurrence.end, kind: occurrence.kind }]
      : []
  })
}

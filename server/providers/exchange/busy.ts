import { DAY } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import type { CalendarProvider, Session } from '../provider.ts'
import { occurrenceOf, uidOf } from './event.ts'
import { calendarView } from './view.ts'

/**
 * The view itself, not GetUserAvailability: that merges what it finds, so our own events could not be told from others', and it knows
 * only a mailbox's first calendar.
 */
export async function freshBusy(
  session: Session,
  calendar: string,
  window: Span,
): ReturnType<NonNullable<CalendarProvider['freshBusy']>> {
  const items = await calendarView(session, calendar, { start: window.start - DAY, end: window.end + DAY })
  return items.flatMap((item) => {
    const { occurrence } = occurrenceOf(item, { window, zone: session.zone })
    return occurrence
      ? [{ uid: uidOf(item), start: occurrence.start, end: occurrence.end, kind: occurrence.kind }]
      : []
  })
}

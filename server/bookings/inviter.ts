import { aboutCalendar } from '#server/calendars/about.ts'
import type { Deps } from '#server/platform/deps.ts'
import { changeBooking, type BookingRow } from './store.ts'

/**
 * A write whose answer was lost may have invited already: the calendar is given one more try before we do it ourselves. The visitor
 * waits some seconds for their letter, and gets one.
 */
export const awaitsCalendar = ({ invited_by: by, remote_id: id }: BookingRow, attempts: number): boolean => by === 'provider' && id === null && attempts <= 2

/**
 * Who invites, and under which UID, settled before the first letter that must know, and never changed afterwards (I4, C27). A
 * provider that was to invite and whose calendar did not take the event leaves it to us: the visitor hears of the meeting in any
 * case (C18), and that calendar will then hold the event without them.
 */
export async function settleInviter(deps: Deps, booking: BookingRow): Promise<BookingRow> {
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const invitedBy = booking.invited_by === 'provider' && booking.remote_id === null ? 'us' : booking.invited_by
  if (invitedBy === booking.invited_by && (invitedBy === 'provider' || booking.calendar_uid !== null)) return booking
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const about = booking.calendar_id === null ? null : await aboutCalendar(deps, tx, workspaceId, booking.calendar_id)
    const uid = booking.calendar_uid ?? about?.calendarUid(booking.uid) ?? booking.uid
    await changeBooking(tx, workspaceId, bookingId, { invited_by: invitedBy, calendar_uid: uid })
    return { ...booking, invited_by: invitedBy, calendar_uid: uid }
  })
}

import { publishEvent, withdrawEvent } from '#server/calendars/write-event.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import type { Perform } from './effects.ts'
import type { BookingRow } from './store.ts'
import { eventOf } from './event.ts'
import { allPublished, changeBooking, hostsOf } from './store.ts'

/** Writes a booking into one calendar and believes it only when it was read back (I2). */
export const publish: Perform = async (deps, booking, effect) => {
  if (booking.state !== 'confirmed') return { kind: 'dropped' }
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const hosts = await deps.db.inWorkspace(workspaceId, (tx) => hostsOf(tx, workspaceId, bookingId))
  await failpoint('before_provider')
  const written = await publishEvent(deps, { workspaceId, calendarId: effect.destination, draft: eventOf(booking, hosts), remoteId: known(booking, effect.destination) })
  await failpoint('after_provider')
  if (written.kind === 'refused') return { kind: 'later', trouble: written.reason }
  await failpoint('before_mark_done')
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    // This effect itself is still open; with all others done, the revision stands.
    const others = await allPublished(tx, workspaceId, bookingId, effect.revision, effect.effect_id)
    if (others) await changeBooking(tx, workspaceId, bookingId, { calendar_state: 'standing', calendar_reason: null, standing_at: deps.now(), calendar_id: effect.destination, remote_id: written.remoteId, remote_etag: written.etag }, effect.revision)
  })
  return { kind: 'done' }
}

/** Takes a cancelled booking's event out again; one that is already gone is a success (C25). */
export const withdraw: Perform = async (deps, booking, effect) => {
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  await failpoint('before_provider')
  const outcome = await withdrawEvent(deps, { workspaceId, calendarId: effect.destination, uid: booking.uid, remoteId: known(booking, effect.destination) })
  await failpoint('after_provider')
  if (outcome.kind === 'refused') return { kind: 'later', trouble: outcome.reason }
  if (booking.state === 'cancelled') await deps.db.inWorkspace(workspaceId, (tx) => changeBooking(tx, workspaceId, bookingId, { calendar_state: 'none' }, booking.revision))
  return { kind: 'done' }
}

const known = (booking: BookingRow, calendarId: string): string | null => (booking.calendar_id === calendarId ? booking.remote_id : null)

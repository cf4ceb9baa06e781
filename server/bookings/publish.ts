import { aboutCalendar } from '#server/calendars/about.ts'
import { calendarChanged } from '#server/calendars/changed.ts'
import { publishEvent, withdrawEvent, type Published } from '#server/calendars/write-event.ts'
import type { Deps } from '#server/platform/deps.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import type { EventDraft } from '#server/providers/provider.ts'
import type { Perform } from './effects.ts'
import { eventOf } from './event.ts'
import type { JoinState } from './model.ts'
import { allPublished, changeBooking, hostsOf, insertEffects, type BookingRow, type EffectRow } from './store.ts'

// A link that is still being made is asked for a little later.
const JOIN_AFTER = 3000

/** Writes a booking into one calendar and believes it only when it was read back (I2). */
export const publish: Perform = async (deps, booking, effect) => {
  if (booking.state !== 'confirmed') return { kind: 'dropped' }
  const { workspace_id: workspaceId } = booking
  const draft = await draftFor(deps, booking, effect.destination)
  await failpoint('before_provider')
  const written = await publishEvent(deps, { workspaceId, calendarId: effect.destination, draft, remoteId: known(booking, effect.destination), unlessRight: effect.detail['asShown'] === true })
  await failpoint('after_provider')
  if (written.kind === 'refused') {
    // Its owner has taken away what we meant to change: what that means is theirs to say, not ours to undo (B21).
    if (written.reason === 'not-found') await deps.jobs.enqueue(null, calendarChanged, { workspaceId, calendarId: effect.destination })
    return { kind: 'later', trouble: written.reason }
  }
  if (written.kind === 'elsewhere') await deps.jobs.enqueue(null, calendarChanged, { workspaceId, calendarId: effect.destination })
  await failpoint('before_mark_done')
  await mark(deps, booking, effect, written)
  return { kind: 'done' }
}

/** What belongs into this calendar: who invites decides whether people stand in it, and one calendar makes the link. */
async function draftFor(deps: Deps, booking: BookingRow, calendarId: string): Promise<EventDraft> {
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const [hosts, about] = await deps.db.inWorkspace(workspaceId, (tx) => Promise.all([hostsOf(tx, workspaceId, bookingId), aboutCalendar(deps, tx, workspaceId, calendarId)]))
  const draft = eventOf(booking, hosts)
  const lead = booking.calendar_id === null || booking.calendar_id === calendarId
  // A provider that invites by itself would do so from every host's calendar, and after our own letter once more (C27).
  const named = about?.invites !== 'provider' || (lead && booking.invited_by === 'provider')
  return { ...draft, attendees: named ? draft.attendees : [], conference: lead && about?.conference === booking.location.kind ? about.conference : null }
}

async function mark(deps: Deps, booking: BookingRow, effect: EffectRow, written: Exclude<Published, { kind: 'refused' }>): Promise<void> {
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const lead = booking.calendar_id === null || booking.calendar_id === effect.destination
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    if (lead && written.kind === 'standing') {
      const join = joinOf(booking, written)
      const place = { calendar_id: effect.destination, remote_id: written.remoteId, remote_etag: written.etag }
      const kept = await changeBooking(tx, workspaceId, bookingId, { ...place, ...join, ...(booking.calendar_uid === null && written.calendarUid ? { calendar_uid: written.calendarUid } : {}) }, effect.revision)
      if (kept && join.join_state === 'pending') await insertEffects(tx, workspaceId, bookingId, effect.revision, [{ kind: 'join', destination: effect.destination, dueAt: deps.now() + JOIN_AFTER }])
    }
    // This effect itself is still open; with all others done, the revision stands.
    if (await allPublished(tx, workspaceId, bookingId, effect.revision, effect.effect_id)) await changeBooking(tx, workspaceId, bookingId, { calendar_state: 'standing', calendar_reason: null, standing_at: deps.now() }, effect.revision)
  })
}

/** What is known of the link that the calendar was to make; a place that asks for none has none. */
function joinOf({ location: { kind }, join_state: before, join_url: url }: BookingRow, { join }: Extract<Published, { kind: 'standing' }>): { join_state: JoinState; join_url: string | null } {
  if (kind !== 'meet' && kind !== 'teams') return { join_state: 'none', join_url: null }
  if (join?.state === 'ready') return { join_state: 'ready', join_url: join.url }
  // A link once made stays, and one that could not be made is not promised again.
  if (before === 'ready' || before === 'failed') return { join_state: before, join_url: url }
  return { join_state: join?.state ?? 'failed', join_url: null }
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

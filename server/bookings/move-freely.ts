import { MINUTE, type Instant } from '#core/time/model.ts'
import { claimHosts } from '#server/calendars/busy.ts'
import type { Deps } from '#server/platform/deps.ts'
import { runEffectsSoon } from './effects.ts'
import { moveBooking } from './move.ts'
import { placesOf, takenAt } from './places.ts'
import type { MoveOutcome } from './reschedule.ts'
import { findBooking, hostsOf } from './store.ts'

/** A host moves a meeting behind which there is no page: no hours and no notice, but never onto time that is taken or that nobody could check. */
export async function moveFreely(deps: Deps, workspaceId: string, bookingId: string, want: { start: Instant; duration: number | null; by: 'host' | 'visitor' }): Promise<MoveOutcome> {
  const now = deps.now()
  const seen = await deps.db.inWorkspace(workspaceId, (tx) => Promise.all([findBooking(tx, workspaceId, bookingId), hostsOf(tx, workspaceId, bookingId)]))
  const [before, hosts] = seen
  if (!before || hosts.length === 0) return { kind: 'not-found' }
  const hostIds = hosts.map((host) => host.user_id)
  const end = want.start + (want.duration ?? (before.ends_at - before.starts_at) / MINUTE) * MINUTE
  if (want.start <= now) return { kind: 'too-late' }
  const taken = await takenAt(deps, workspaceId, hostIds, { start: want.start, end }, before)
  if (taken.kind === 'unreadable') return { kind: 'closed' }
  if (taken.busy.length > 0) return { kind: 'slot-taken', alternatives: [] }

  const outcome = await deps.db
    .inWorkspace(workspaceId, async (tx): Promise<MoveOutcome> => {
      const [, booking, places] = await Promise.all([claimHosts(tx, workspaceId, hostIds), findBooking(tx, workspaceId, bookingId, { lock: true }), placesOf(tx, hostIds, now)])
      if (!booking) return { kind: 'not-found' }
      if (booking.state !== 'confirmed' || booking.starts_at <= now) return { kind: 'too-late' }
      // Noted only stays noted: nobody was told that it would reach a calendar.
      const publish = booking.calendar_state === 'none' ? [] : places
      await moveBooking(deps, tx, booking, { start: want.start, end, by: want.by, zone: booking.host_zone, publish, reminders: [], tell: [] })
      return { kind: 'moved' }
    })
    .catch((error: unknown): MoveOutcome => {
      if ((error as { code?: string }).code === '23P01') return { kind: 'slot-taken', alternatives: [] }
      throw error
    })
  if (outcome.kind === 'moved') runEffectsSoon(deps, workspaceId, bookingId)
  return outcome
}

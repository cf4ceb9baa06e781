import type { Deps } from '#server/platform/deps.ts'
import type { Tx } from '#server/platform/database.ts'
import { addToTimeline } from '#server/contacts/timeline.ts'
import { claimHosts } from '#server/calendars/busy.ts'
import { bookingEffectsTask, runEffectsSoon } from './effects.ts'
import { calendarsOf, changeBooking, dropEffects, findBooking, freeTime, hostsOf, insertEffects, type BookingRow } from './store.ts'

export type CancelOutcome = { kind: 'cancelled' } | { kind: 'already' } | { kind: 'too-late' } | { kind: 'not-found' }

/** Takes a booking or a request back: time free at once, event and people told by effects, history kept. */
export async function cancel(deps: Deps, workspaceId: string, bookingId: string, by: 'visitor' | 'host', reason: string): Promise<CancelOutcome> {
  const outcome = await deps.db.inWorkspace(workspaceId, async (tx): Promise<CancelOutcome> => {
    // The hosts' lock comes before the booking's own, in every verb, so that no two verbs wait for each other.
    const hosts = await hostsOf(tx, workspaceId, bookingId)
    if (hosts.length === 0) return { kind: 'not-found' }
    const [, booking] = await Promise.all([claimHosts(tx, workspaceId, hosts.map((host) => host.user_id)), findBooking(tx, workspaceId, bookingId, { lock: true })])
    if (!booking) return { kind: 'not-found' }
    if (booking.state !== 'confirmed' && booking.state !== 'requested') return { kind: 'already' }
    if (booking.ends_at <= deps.now()) return { kind: 'too-late' }
    await undo(deps, tx, booking, hosts.map((host) => host.user_id), by, reason)
    return { kind: 'cancelled' }
  })
  if (outcome.kind === 'cancelled') runEffectsSoon(deps, workspaceId, bookingId)
  return outcome
}

async function undo(deps: Deps, tx: Tx, booking: BookingRow, hostIds: string[], by: 'visitor' | 'host', reason: string): Promise<void> {
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const now = deps.now()
  const revision = booking.revision + 1
  const calendars = await calendarsOf(tx, workspaceId, bookingId)
  await Promise.all([
    changeBooking(tx, workspaceId, bookingId, { state: 'cancelled', revision, sequence: booking.sequence + 1, cancelled_by: by, cancel_reason: reason || null, calendar_state: calendars.length > 0 ? 'writing' : 'none', calendar_reason: null }),
    freeTime(tx, workspaceId, bookingId),
    dropEffects(tx, workspaceId, bookingId, revision),
    insertEffects(tx, workspaceId, bookingId, revision, [
      ...calendars.map((destination) => ({ kind: 'withdraw', destination, dueAt: now })),
      ...[booking.email, ...booking.guests].map((destination) => ({ kind: 'uninvite', destination, dueAt: now, detail: { meeting: booking.state === 'confirmed' } })),
      ...(by === 'visitor' ? hostIds.map((destination) => ({ kind: 'tell-host', destination, dueAt: now, detail: { news: 'cancelled' } })) : []),
    ]),
    ...(booking.contact_id
      ? [addToTimeline(tx, { workspaceId, contactId: booking.contact_id, kind: 'cancelled', at: now, bookingId, words: { title: booking.title, start: booking.starts_at, end: booking.ends_at, by, ...(reason ? { text: reason } : {}) } })]
      : []),
    deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId, bookingId }),
  ])
}

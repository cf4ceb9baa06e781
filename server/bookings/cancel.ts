import type { Deps } from '#server/platform/deps.ts'
import type { Tx } from '#server/platform/database.ts'
import { addToTimeline } from '#server/contacts/timeline.ts'
import { claimHosts } from '#server/calendars/busy.ts'
import { bookingEffectsTask, runEffectsSoon } from './effects.ts'
import { peopleOf } from './move.ts'
import { calendarsOf, changeBooking, closeChanges, dropEffects, findBooking, freeTime, hostsOf, insertEffects, type BookingRow } from './store.ts'

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
    await cancelBooking(deps, tx, booking, { by, reason, tell: by === 'visitor' ? hosts.map((host) => host.user_id) : [] })
    return { kind: 'cancelled' }
  })
  if (outcome.kind === 'cancelled') runEffectsSoon(deps, workspaceId, bookingId)
  return outcome
}

/** The caller holds the hosts and the booking. `tell` are hosts who do not know of it yet. */
export async function cancelBooking(deps: Deps, tx: Tx, booking: BookingRow, { by, reason, tell }: { by: 'visitor' | 'host' | 'calendar'; reason: string; tell: string[] }): Promise<void> {
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const now = deps.now()
  const revision = booking.revision + 1
  const calendars = await calendarsOf(tx, workspaceId, bookingId)
  const people = await peopleOf(tx, booking)
  await Promise.all([
    changeBooking(tx, workspaceId, bookingId, { state: 'cancelled', revision, sequence: booking.sequence + 1, cancelled_by: by, cancel_reason: reason || null, calendar_state: calendars.length > 0 ? 'writing' : 'none', calendar_reason: null }),
    freeTime(tx, workspaceId, bookingId),
    dropEffects(tx, workspaceId, bookingId, revision),
    closeChanges(tx, workspaceId, { bookingId }, now),
    insertEffects(tx, workspaceId, bookingId, revision, [
      ...calendars.map((destination) => ({ kind: 'withdraw', destination, dueAt: now })),
      ...people.map((destination) => ({ kind: 'uninvite', destination, dueAt: now, detail: { meeting: booking.state === 'confirmed' } })),
      ...tell.map((destination) => ({ kind: 'tell-host', destination, dueAt: now, detail: { news: 'cancelled' } })),
    ]),
    ...(booking.contact_id
      ? [addToTimeline(tx, { workspaceId, contactId: booking.contact_id, kind: 'cancelled', at: now, bookingId, words: { title: booking.title, start: booking.starts_at, end: booking.ends_at, by, ...(reason ? { text: reason } : {}) } })]
      : []),
    deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId, bookingId }),
  ])
}

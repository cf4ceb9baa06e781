import { addToTimeline } from '#server/contacts/timeline.ts'
import type { Deps } from '#server/platform/deps.ts'
import { bookingEffectsTask, runEffectsSoon } from './effects.ts'
import { changeBooking, dropEffects, findBooking, insertEffects } from './store.ts'

export type DeclineOutcome = { kind: 'declined' } | { kind: 'already' } | { kind: 'not-found' }

/** The host says no to a request; the visitor is told kindly and may ask again. */
export async function decline(deps: Deps, workspaceId: string, bookingId: string, reason: string): Promise<DeclineOutcome> {
  const outcome = await deps.db.inWorkspace(workspaceId, async (tx): Promise<DeclineOutcome> => {
    const booking = await findBooking(tx, workspaceId, bookingId, { lock: true })
    if (!booking) return { kind: 'not-found' }
    if (booking.state !== 'requested') return { kind: 'already' }
    const now = deps.now()
    const revision = booking.revision + 1
    await Promise.all([
      changeBooking(tx, workspaceId, bookingId, { state: 'declined', revision, cancelled_by: 'host', cancel_reason: reason || null, proposed: null }),
      dropEffects(tx, workspaceId, bookingId, revision),
      insertEffects(tx, workspaceId, bookingId, revision, [{ kind: 'decline', destination: booking.email, dueAt: now }]),
      ...(booking.contact_id ? [addToTimeline(tx, { workspaceId, contactId: booking.contact_id, kind: 'declined', at: now, bookingId, words: { title: booking.title, start: booking.starts_at, end: booking.ends_at, by: 'host', ...(reason ? { text: reason } : {}) } })] : []),
      deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId, bookingId }),
    ])
    return { kind: 'declined' }
  })
  if (outcome.kind === 'declined') runEffectsSoon(deps, workspaceId, bookingId)
  return outcome
}

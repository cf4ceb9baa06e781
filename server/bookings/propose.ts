import type { Instant } from '#core/time/model.ts'
import type { Deps } from '#server/platform/deps.ts'
import { bookingEffectsTask, runEffectsSoon } from './effects.ts'
import { changeBooking, dropEffects, findBooking, insertEffects } from './store.ts'

export type ProposeOutcome = { kind: 'proposed' } | { kind: 'already' } | { kind: 'past' } | { kind: 'not-found' }

/** The host answers a request with other times; the visitor takes one with a button, never by opening a link. */
export async function propose(deps: Deps, workspaceId: string, bookingId: string, starts: Instant[]): Promise<ProposeOutcome> {
  const now = deps.now()
  if (starts.some((start) => start <= now)) return { kind: 'past' }
  const outcome = await deps.db.inWorkspace(workspaceId, async (tx): Promise<ProposeOutcome> => {
    const booking = await findBooking(tx, workspaceId, bookingId, { lock: true })
    if (!booking) return { kind: 'not-found' }
    if (booking.state !== 'requested') return { kind: 'already' }
    const revision = booking.revision + 1
    await Promise.all([
      changeBooking(tx, workspaceId, bookingId, { revision, proposed: [...new Set(starts)].sort((a, b) => a - b) }),
      dropEffects(tx, workspaceId, bookingId, revision),
      insertEffects(tx, workspaceId, bookingId, revision, [{ kind: 'propose', destination: booking.email, dueAt: now }]),
      deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId, bookingId }),
    ])
    return { kind: 'proposed' }
  })
  if (outcome.kind === 'proposed') runEffectsSoon(deps, workspaceId, bookingId)
  return outcome
}

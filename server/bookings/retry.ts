import type { Deps } from '#server/platform/deps.ts'
import { runEffects } from './effects.ts'
import { dueAgain, insertEffects, findBooking } from './store.ts'

/** Tries the calendar again now, because a person asked; the answer is the booking's new state. */
export async function retryCalendar(deps: Deps, workspaceId: string, bookingId: string): Promise<void> {
  await deps.db.inWorkspace(workspaceId, (tx) => dueAgain(tx, workspaceId, bookingId, ['publish', 'withdraw'], deps.now()))
  await runEffects(deps, workspaceId, bookingId)
}

/** Sends one kind of letter of the current revision once more, because a person asked: the only way out of an unknown outcome (I4). */
export async function sendAgain(deps: Deps, workspaceId: string, bookingId: string, kind: string): Promise<boolean> {
  const asked = await deps.db.inWorkspace(workspaceId, async (tx) => {
    const booking = await findBooking(tx, workspaceId, bookingId, { lock: true })
    if (!booking) return false
    const now = deps.now()
    const people = kind === 'invite' || kind === 'uninvite' ? [booking.email, ...booking.guests] : [booking.email]
    const fits: Record<string, boolean> = { invite: booking.state === 'confirmed', uninvite: booking.state === 'cancelled', acknowledge: booking.state === 'requested', propose: booking.proposed !== null, decline: booking.state === 'declined' }
    if (!fits[kind]) return false
    // Another letter, so another kind: the first one's row stays as it ended.
    await insertEffects(tx, workspaceId, bookingId, booking.revision, people.map((destination) => ({ kind: `${kind}-again-${now}`, destination, dueAt: now })))
    return true
  })
  if (asked) await runEffects(deps, workspaceId, bookingId)
  return asked
}

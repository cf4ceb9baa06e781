import { MINUTE } from '#core/time/model.ts'
import { lookAt } from '#server/calendars/ours.ts'
import type { Perform } from './effects.ts'
import { peopleOf } from './move.ts'
import { alreadyTold, changeBooking, insertEffects } from './store.ts'

// Seconds between looks. Links are made within moments, or not at all (C28).
const LOOKS = [3, 5, 10, 30, 60, 300, 900]

/** Reads a video link that was still being made, and tells it to those whose invitation has left without it: one letter, at most. */
export const join: Perform = async (deps, booking, effect) => {
  if (booking.state !== 'confirmed' || booking.join_state !== 'pending') return { kind: 'dropped' }
  const { workspace_id: workspaceId, booking_id: bookingId, revision } = booking
  const look = await lookAt(deps, workspaceId, effect.destination, booking.uid)
  const made = look.kind === 'seen' ? look.event.join : null
  const tries = effect.attempts
  if (made?.state !== 'ready' && made?.state !== 'failed' && tries <= LOOKS.length) return { kind: 'later', trouble: 'join-pending', after: LOOKS[tries - 1]! * 1000 }
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    const change = made?.state === 'ready' ? { join_state: 'ready' as const, join_url: made.url } : { join_state: 'failed' as const }
    if (!(await changeBooking(tx, workspaceId, bookingId, change, revision))) return
    if (made?.state === 'ready' && (await alreadyTold(tx, workspaceId, bookingId, revision))) {
      const people = await peopleOf(tx, booking)
      await insertEffects(tx, workspaceId, bookingId, revision, people.map((destination) => ({ kind: 'link', destination, dueAt: deps.now() })))
    }
  })
  return { kind: 'done' }
}

/** Whether an invitation may wait a moment for its link: most are there before anybody would notice. */
export const awaitsJoin = (booking: { join_state: string; starts_at: number }, attempts: number, now: number): boolean =>
  booking.join_state === 'pending' && attempts <= 2 && booking.starts_at > now + 10 * MINUTE

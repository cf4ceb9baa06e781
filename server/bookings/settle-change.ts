import { lookAt } from '#server/calendars/ours.ts'
import { forgetEvent } from '#server/calendars/write-event.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { Unreachable, SlowDown } from '#server/providers/provider.ts'
import { applyChange } from './apply-change.ts'
import { bookingEffectsTask, runEffectsSoon } from './effects.ts'
import { changeBooking, findBooking, findChange, publishAgain, settleChange, type BookingRow, type ChangeRow } from './store.ts'

export type SettleOutcome =
  | { kind: 'settled' }
  /** Another meeting stands there, or it is no time that anybody could be invited to. */
  | { kind: 'slot-taken' }
  /** The calendar could not be asked just now. */
  | { kind: 'unreadable' }
  /** Settled before, or no question any more. */
  | { kind: 'already' }

/** The host's word about a change in their calendar: the booking follows it, the calendar is put back, or both stay as they are. */
export async function settle(deps: Deps, workspaceId: string, changeId: string, way: 'follow' | 'keep' | 'ignore'): Promise<SettleOutcome> {
  const change = await deps.db.inWorkspace(workspaceId, (tx) => findChange(tx, workspaceId, changeId))
  if (change?.state !== 'open') return { kind: 'already' }
  if (way === 'follow') return followNow(deps, workspaceId, change)
  const settled = await deps.db.inWorkspace(workspaceId, async (tx) => {
    const booking = await findBooking(tx, workspaceId, change.booking_id, { lock: true })
    if (booking?.state !== 'confirmed' || !(await settleChange(tx, workspaceId, changeId, way === 'keep' ? 'kept' : 'ignored', deps.now()))) return false
    if (way === 'keep') await putBack(deps, tx, booking, change)
    else await changeBooking(tx, workspaceId, change.booking_id, { conflict: false })
    return true
  })
  if (settled && way === 'keep') runEffectsSoon(deps, workspaceId, change.booking_id)
  return { kind: settled ? 'settled' : 'already' }
}

/** What is followed is what the calendar shows now, not what it showed when the question was asked. */
async function followNow(deps: Deps, workspaceId: string, change: ChangeRow): Promise<SettleOutcome> {
  const booking = await deps.db.inWorkspace(workspaceId, (tx) => findBooking(tx, workspaceId, change.booking_id))
  if (!booking) return { kind: 'already' }
  const look = await lookAt(deps, workspaceId, change.calendar_id, booking.uid).catch((error: unknown) => {
    if (error instanceof Unreachable || error instanceof SlowDown) return { kind: 'unknown' as const }
    throw error
  })
  if (look.kind === 'unknown') return { kind: 'unreadable' }
  const span = look.kind === 'seen' ? look.event.span : null
  const kind = look.kind === 'gone' ? 'deleted' : change.kind
  // It has come back since: what was asked about is as it was agreed.
  if (kind === 'deleted' && look.kind === 'seen') return { kind: 'already' }
  const seen = { bookingId: booking.booking_id, revision: booking.revision, calendarId: change.calendar_id, kind, who: change.who, span, told: span }
  const applied = await applyChange(deps, workspaceId, seen, 'follow')
  return { kind: applied.kind === 'followed' ? 'settled' : applied.kind === 'asked' ? 'slot-taken' : 'already' }
}

/** The agreed time is written into the calendar again: over the one that its owner chose, or anew where they deleted it. */
async function putBack(deps: Deps, tx: Tx, booking: BookingRow, change: ChangeRow): Promise<void> {
  const { workspace_id: workspaceId, booking_id: bookingId, revision, uid } = booking
  const gone = change.kind === 'deleted'
  if (gone) await forgetEvent(tx, workspaceId, change.calendar_id, uid)
  await changeBooking(tx, workspaceId, bookingId, { conflict: false, calendar_state: 'writing', calendar_reason: null, ...(gone && booking.calendar_id === change.calendar_id ? { remote_id: null, remote_etag: null } : {}) })
  await publishAgain(tx, workspaceId, bookingId, revision, change.calendar_id, deps.now())
  await deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId, bookingId })
}

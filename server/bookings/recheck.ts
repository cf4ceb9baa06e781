import type { Deps } from '#server/platform/deps.ts'
import type { Task } from '#server/platform/jobs.ts'
import { everyWorkspace } from '#server/platform/workspaces.ts'
import { accept } from './accept.ts'
import { destinationOf } from './book.ts'
import { runEffects } from './effects.ts'
import { loadInputsIn, modeOf } from './inputs.ts'
import { changeBooking, findBooking, hostsOf, insertEffects, waitingForCalendar } from './store.ts'

/**
 * What was asked for or agreed while no calendar could be written is taken up again once one can: oldest first, each request
 * re-checked; what no longer fits is kept and shown as a conflict (S-012, S-013).
 */
export const recheckTask: Task = {
  name: 'bookings.recheck',
  cron: '* * * * *',
  async run(deps) {
    for (const workspaceId of await everyWorkspace(deps.db)) await recheckWorkspace(deps, workspaceId)
  },
}

export async function recheckWorkspace(deps: Deps, workspaceId: string): Promise<{ written: number; conflicts: number }> {
  const result = { written: 0, conflicts: 0 }
  const waiting = await deps.db.inWorkspace(workspaceId, (tx) => waitingForCalendar(tx, workspaceId, deps.now()))
  for (const { booking_id: bookingId, state, conflict } of waiting) {
    // A conflict is the host's to settle; asking again every minute would only repeat it.
    if (conflict || !(await usableNow(deps, workspaceId, bookingId))) continue
    if (state === 'requested') {
      const outcome = await accept(deps, workspaceId, bookingId, { by: 'reconnection' })
      if (outcome.kind === 'accepted') result.written++
      if (outcome.kind === 'slot-taken') result.conflicts++
    } else if (await writeAgreed(deps, workspaceId, bookingId)) result.written++
  }
  return result
}

const usableNow = (deps: Deps, workspaceId: string, bookingId: string): Promise<boolean> =>
  deps.db.inWorkspace(workspaceId, async (tx) => {
    const booking = await findBooking(tx, workspaceId, bookingId)
    const inputs = booking?.page_id ? await loadInputsIn(tx, workspaceId, booking.page_id) : null
    return inputs !== null && modeOf({ ...inputs, type: { ...inputs.type, open: true } }, deps.now()).kind === 'bookable'
  })

/** A meeting the host agreed to while offline goes into the calendar that is there now. */
async function writeAgreed(deps: Deps, workspaceId: string, bookingId: string): Promise<boolean> {
  const begun = await deps.db.inWorkspace(workspaceId, async (tx) => {
    const [booking, hosts] = await Promise.all([findBooking(tx, workspaceId, bookingId, { lock: true }), hostsOf(tx, workspaceId, bookingId)])
    if (!booking?.page_id || booking.state !== 'confirmed' || booking.calendar_state !== 'none') return false
    const inputs = await loadInputsIn(tx, workspaceId, booking.page_id)
    const calendars = (inputs?.hosts ?? []).filter((host) => hosts.some((one) => one.user_id === host.hostId)).map(destinationOf).filter((id) => id !== null)
    if (calendars.length === 0) return false
    await insertEffects(tx, workspaceId, bookingId, booking.revision, [...new Set(calendars)].map((destination) => ({ kind: 'publish', destination, dueAt: deps.now() })))
    await changeBooking(tx, workspaceId, bookingId, { calendar_state: 'writing', calendar_id: calendars[0]! })
    return true
  })
  if (begun) await runEffects(deps, workspaceId, bookingId)
  return begun
}

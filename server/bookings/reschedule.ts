import { packBusy, type Busy } from '#core/time/busy.ts'
import { MINUTE, type Instant } from '#core/time/model.ts'
import { claimHosts } from '#server/calendars/busy.ts'
import { checkFresh } from '#server/calendars/fresh.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { destinationOf } from './book.ts'
import { runEffectsSoon } from './effects.ts'
import { loadInputsIn, modeOf, windowAround, type OwnRow, type PageInputs } from './inputs.ts'
import { reminderMinutes } from './model.ts'
import { moveBooking } from './move.ts'
import { moveFreely } from './move-freely.ts'
import { alternativesTo, mayStart } from './slots.ts'
import { findBooking, hostsOf, type BookingRow } from './store.ts'

export type MoveOutcome = { kind: 'moved' } | { kind: 'slot-taken'; alternatives: Instant[] } | { kind: 'closed' } | { kind: 'too-late' } | { kind: 'not-found' }

/** Moves a booking to another start under the rules it was made by. Its own old time is no obstacle (A15). */
export async function reschedule(deps: Deps, workspaceId: string, bookingId: string, want: { start: Instant; duration: number | null; by: 'visitor' | 'host'; visitorZone?: string }): Promise<MoveOutcome> {
  const now = deps.now()
  const seen = await deps.db.inWorkspace(workspaceId, async (tx) => situation(tx, workspaceId, bookingId))
  // Without a page there are no rules to move by, only the host's own word and time.
  if (!seen) return want.by === 'host' ? moveFreely(deps, workspaceId, bookingId, want) : { kind: 'not-found' }
  const duration = want.duration ?? (seen.booking.ends_at - seen.booking.starts_at) / MINUTE
  let fresh: Map<string, Busy> | undefined
  let reachable = true
  if (seen.booking.state === 'confirmed' && modeOf(seen.inputs, now).kind === 'bookable') {
    const checked = await checkFresh(deps, workspaceId, seen.hostIds, windowAround(want.start, duration))
    if (checked.kind === 'clear') fresh = new Map([...checked.busy].map(([hostId, spans]) => [hostId, packBusy(spans)]))
    else reachable = false
  }

  const outcome = await deps.db.inWorkspace(workspaceId, async (tx): Promise<MoveOutcome> => {
    const [, booking] = await Promise.all([claimHosts(tx, workspaceId, seen.hostIds), findBooking(tx, workspaceId, bookingId, { lock: true })])
    const current = await situation(tx, workspaceId, bookingId)
    if (!booking || !current) return { kind: 'not-found' }
    if ((booking.state !== 'confirmed' && booking.state !== 'requested') || booking.starts_at <= now) return { kind: 'too-late' }
    // A confirmed meeting is not moved onto time that nobody could check.
    if (booking.state === 'confirmed' && !reachable && current.inputs.type.whenUnreadable.kind !== 'last-known') return { kind: 'closed' }
    const mode = modeOf(current.inputs, now)
    if (mode.kind === 'closed') return { kind: 'closed' }
    if (booking.state === 'confirmed' && mode.kind !== 'bookable') return { kind: 'closed' }
    const options = { except: (own: OwnRow) => current.occupancies.has(own.id) && own.capacity === 1, ...(fresh ? { fresh } : {}) }
    if (!mayStart(current.inputs, want.start, duration, now, mode, options)) return { kind: 'slot-taken', alternatives: alternativesTo(current.inputs, { start: want.start, duration }, now, options) }
    const { hosts, type } = current.inputs
    await moveBooking(deps, tx, booking, {
      ...want,
      end: want.start + duration * MINUTE,
      zone: hosts[0]!.schedule.zone,
      publish: [...new Set(hosts.map(destinationOf).filter((id) => id !== null))],
      reminders: type.reminders.map(reminderMinutes),
      tell: want.by === 'visitor' ? current.hostIds : [],
    })
    return { kind: 'moved' }
  }).catch((error: unknown): MoveOutcome => {
    if ((error as { code?: string }).code === '23P01') return { kind: 'slot-taken', alternatives: alternativesTo(seen.inputs, { start: want.start, duration }, now) }
    throw error
  })
  if (outcome.kind === 'moved') runEffectsSoon(deps, workspaceId, bookingId)
  return outcome
}

type Situation = { booking: BookingRow; inputs: PageInputs; hostIds: string[]; occupancies: Set<string> }

/** The booking with the question it answers: the same page, but only the hosts it already has. */
async function situation(tx: Tx, workspaceId: string, bookingId: string): Promise<Situation | null> {
  const [booking, hosts] = await Promise.all([findBooking(tx, workspaceId, bookingId), hostsOf(tx, workspaceId, bookingId)])
  if (!booking?.page_id || hosts.length === 0) return null
  const inputs = await loadInputsIn(tx, workspaceId, booking.page_id)
  if (!inputs) return null
  const hostIds = hosts.map((host) => host.user_id)
  return {
    booking,
    hostIds,
    occupancies: new Set(hosts.map((host) => host.occupancy_id).filter((id) => id !== null)),
    inputs: { type: { ...inputs.type, assignment: hostIds.length > 1 ? 'collective' : 'solo' }, hosts: inputs.hosts.filter((host) => hostIds.includes(host.hostId)) },
  }
}

import { packBusy, type Busy } from '#core/time/busy.ts'
import { DAY, MINUTE, type Instant } from '#core/time/model.ts'
import { claimHosts } from '#server/calendars/busy.ts'
import { checkFresh } from '#server/calendars/fresh.ts'
import { addToTimeline } from '#server/contacts/timeline.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { bookingEffects, reminderEffects } from './book.ts'
import { bookingEffectsTask, runEffectsSoon } from './effects.ts'
import { loadInputsIn, modeOf, windowAround, type OwnRow, type PageInputs } from './inputs.ts'
import { LINK_DAYS_AFTER, reminderMinutes } from './model.ts'
import { alternativesTo, mayStart } from './slots.ts'
import { calendarsOf, changeBooking, dropEffects, findBooking, hostsOf, insertEffects, moveTime, type BookingRow } from './store.ts'
import { wallTime } from './wall-time.ts'

export type MoveOutcome = { kind: 'moved' } | { kind: 'slot-taken'; alternatives: Instant[] } | { kind: 'closed' } | { kind: 'too-late' } | { kind: 'not-found' }

/** Moves a booking to another start under the rules it was made by. Its own old time is no obstacle (A15). */
export async function reschedule(deps: Deps, workspaceId: string, bookingId: string, want: { start: Instant; duration: number | null; by: 'visitor' | 'host'; visitorZone?: string }): Promise<MoveOutcome> {
  const now = deps.now()
  const seen = await deps.db.inWorkspace(workspaceId, async (tx) => situation(tx, workspaceId, bookingId))
  if (!seen) return { kind: 'not-found' }
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
    await move(deps, tx, booking, current, { ...want, end: want.start + duration * MINUTE })
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

async function move(deps: Deps, tx: Tx, booking: BookingRow, { inputs, hostIds }: Situation, want: { start: Instant; end: Instant; by: 'visitor' | 'host'; visitorZone?: string }): Promise<void> {
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const now = deps.now()
  const revision = booking.revision + 1
  const confirmed = booking.state === 'confirmed'
  const zone = inputs.hosts[0]!.schedule.zone
  if (confirmed) await moveTime(tx, workspaceId, bookingId, want.start, want.end)
  const written = confirmed ? await calendarsOf(tx, workspaceId, bookingId) : []
  const reminders = inputs.type.reminders.map(reminderMinutes)
  const effects = confirmed ? bookingEffects(inputs.hosts, { email: booking.email, guests: booking.guests }, [], want.start, now).filter((effect) => effect.kind !== 'tell-host') : []
  const publishing = new Set(effects.filter((effect) => effect.kind === 'publish').map((effect) => effect.destination))
  await Promise.all([
    changeBooking(tx, workspaceId, bookingId, {
      starts_at: want.start,
      ends_at: want.end,
      wall_time: wallTime(zone, want.start),
      host_zone: zone,
      zone_rules: process.versions.tz ?? '',
      revision,
      sequence: booking.sequence + 1,
      calendar_state: publishing.size > 0 ? 'writing' : 'none',
      calendar_reason: null,
      token_expires_at: want.end + LINK_DAYS_AFTER * DAY,
      conflict: false,
      proposed: null,
      ...(want.visitorZone ? { visitor_zone: want.visitorZone } : {}),
    }),
    dropEffects(tx, workspaceId, bookingId, revision),
    insertEffects(tx, workspaceId, bookingId, revision, [
      ...effects.map((effect) => (effect.kind === 'invite' ? { ...effect, detail: { from: { start: booking.starts_at, end: booking.ends_at, by: want.by } } } : effect)),
      // The chosen calendar may have changed since: the event leaves the old one.
      ...written.filter((id) => !publishing.has(id)).map((destination) => ({ kind: 'withdraw', destination, dueAt: now })),
      ...(confirmed ? reminderEffects(booking.email, reminders, want.start, now) : []),
      ...(want.by === 'visitor' ? hostIds.map((destination) => ({ kind: 'tell-host', destination, dueAt: now, detail: { news: confirmed ? 'moved' : 'requested', from: booking.starts_at } })) : []),
    ]),
    ...(booking.contact_id
      ? [addToTimeline(tx, { workspaceId, contactId: booking.contact_id, kind: 'moved', at: now, bookingId, words: { title: booking.title, start: want.start, end: want.end, from: { start: booking.starts_at, end: booking.ends_at }, by: want.by } })]
      : []),
    deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId, bookingId }),
  ])
}

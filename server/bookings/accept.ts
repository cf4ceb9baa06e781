import { explain } from '#core/availability/reasons.ts'
import { packBusy, type Busy } from '#core/time/busy.ts'
import { DAY, MINUTE, type Instant } from '#core/time/model.ts'
import { inviting } from '#server/calendars/about.ts'
import { claimHosts } from '#server/calendars/busy.ts'
import { checkFresh } from '#server/calendars/fresh.ts'
import { addToTimeline } from '#server/contacts/timeline.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { bookingEffects, destinationOf } from './book.ts'
import { bookingEffectsTask, runEffectsSoon } from './effects.ts'
import { loadInputsIn, modeOf, questionOf, windowAround, type HostInputs, type OwnRow, type PageInputs } from './inputs.ts'
import { LINK_DAYS_AFTER, reminderMinutes } from './model.ts'
import { alternativesTo } from './slots.ts'
import { changeBooking, decideInviter, dropEffects, findBooking, hostsOf, insertEffects, keepHosts, takeTime, tieTime, type BookingRow } from './store.ts'
import { wallTime } from './wall-time.ts'

export type AcceptOutcome = { kind: 'accepted' } | { kind: 'slot-taken'; alternatives: Instant[] } | { kind: 'unreadable' } | { kind: 'already' } | { kind: 'not-found' }

/**
 * Makes a request a booking, at its own time or at one its host proposed. The host may agree to a time outside the hours, but never
 * to one that is taken: a second approval of the same time is refused and the request stays open (A06).
 */
export async function accept(deps: Deps, workspaceId: string, bookingId: string, options: { start?: Instant; by: 'host' | 'visitor' | 'reconnection' }): Promise<AcceptOutcome> {
  const now = deps.now()
  const seen = await deps.db.inWorkspace(workspaceId, (tx) => situation(tx, workspaceId, bookingId))
  if (!seen) return { kind: 'not-found' }
  const duration = (seen.booking.ends_at - seen.booking.starts_at) / MINUTE
  const start = options.start ?? seen.booking.starts_at
  // With a calendar, what it says now is asked first; without one the host speaks for it.
  let fresh: Map<string, Busy> | undefined
  if (modeOf(seen.inputs, now).kind === 'bookable') {
    const checked = await checkFresh(deps, workspaceId, seen.inputs.hosts.map((host) => host.hostId), windowAround(start, duration))
    if (checked.kind === 'unreadable') {
      if (options.by === 'reconnection') return { kind: 'unreadable' }
    } else fresh = new Map([...checked.busy].map(([hostId, spans]) => [hostId, packBusy(spans)]))
  }

  const outcome = await deps.db.inWorkspace(workspaceId, async (tx): Promise<AcceptOutcome> => {
    const [, booking] = await Promise.all([claimHosts(tx, workspaceId, seen.inputs.hosts.map((host) => host.hostId)), findBooking(tx, workspaceId, bookingId, { lock: true })])
    const current = await situation(tx, workspaceId, bookingId)
    if (!booking || !current) return { kind: 'not-found' }
    if (booking.state !== 'requested' || start <= now) return { kind: 'already' }
    const free = hostsFree(current.inputs, start, duration, now, fresh)
    const wanted = current.inputs.type.assignment === 'round-robin' ? free.slice(0, 1) : free.length === current.inputs.hosts.length ? free : []
    if (wanted.length === 0) {
      if (!booking.conflict) await changeBooking(tx, workspaceId, bookingId, { conflict: true })
      return { kind: 'slot-taken', alternatives: alternativesTo(current.inputs, { start, duration }, now, fresh ? { fresh } : {}) }
    }
    await agree(deps, tx, booking, current.inputs, wanted, start, duration, options.by)
    return { kind: 'accepted' }
  }).catch((error: unknown): AcceptOutcome => {
    if ((error as { code?: string }).code === '23P01') return { kind: 'slot-taken', alternatives: alternativesTo(seen.inputs, { start, duration }, now) }
    throw error
  })
  if (outcome.kind === 'accepted') runEffectsSoon(deps, workspaceId, bookingId)
  return outcome
}

async function situation(tx: Tx, workspaceId: string, bookingId: string): Promise<{ booking: BookingRow; inputs: PageInputs } | null> {
  const [booking, hosts] = await Promise.all([findBooking(tx, workspaceId, bookingId), hostsOf(tx, workspaceId, bookingId)])
  if (!booking?.page_id) return null
  const inputs = await loadInputsIn(tx, workspaceId, booking.page_id)
  if (!inputs) return null
  const kept = inputs.hosts.filter((host) => hosts.some((one) => one.user_id === host.hostId))
  return kept.length > 0 ? { booking, inputs: { ...inputs, hosts: kept } } : null
}

const TAKEN = new Set(['busy', 'own-booking', 'buffer'])

/** Hosts with nothing in the way at that time; hours, notice and limits are the host's to waive. */
function hostsFree(inputs: PageInputs, start: Instant, duration: number, now: Instant, fresh: Map<string, Busy> | undefined): HostInputs[] {
  return inputs.hosts.filter((host) => {
    const alone = { type: { ...inputs.type, assignment: 'solo' as const }, hosts: [host] }
    const question = questionOf(alone, { duration, window: { start: start - DAY, end: start + DAY }, now, mode: { kind: 'bookable' }, ...(fresh ? { fresh } : {}), except: (_own: OwnRow) => false })
    return !explain(question, start).some((reason) => TAKEN.has(reason.kind))
  })
}

async function agree(deps: Deps, tx: Tx, booking: BookingRow, inputs: PageInputs, hosts: HostInputs[], start: Instant, duration: number, by: 'host' | 'visitor' | 'reconnection'): Promise<void> {
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const { type } = inputs
  const now = deps.now()
  const end = start + duration * MINUTE
  const revision = booking.revision + 1
  const taken = await takeTime(tx, workspaceId, hosts.map(({ hostId }) => ({ hostId, start, end, before: type.before, after: type.after, capacity: type.capacity, eventTypeId: type.eventTypeId })), null)
  const lead = hosts[0]!
  const effects = bookingEffects(hosts, { email: booking.email, guests: booking.guests }, type.reminders.map(reminderMinutes), start, now)
  const publishing = effects.some((effect) => effect.kind === 'publish')
  await Promise.all([
    keepHosts(tx, workspaceId, bookingId, hosts.map((host) => host.hostId)),
    tieTime(tx, workspaceId, bookingId, taken),
    changeBooking(tx, workspaceId, bookingId, {
      state: 'confirmed',
      starts_at: start,
      ends_at: end,
      host_zone: lead.schedule.zone,
      wall_time: wallTime(lead.schedule.zone, start),
      zone_rules: process.versions.tz ?? '',
      revision,
      sequence: booking.sequence + 1,
      calendar_state: publishing ? 'writing' : 'none',
      calendar_id: destinationOf(lead),
      proposed: null,
      conflict: false,
      token_expires_at: end + LINK_DAYS_AFTER * DAY,
      buffer_before: type.before,
      buffer_after: type.after,
    }),
    dropEffects(tx, workspaceId, bookingId, revision),
    insertEffects(tx, workspaceId, bookingId, revision, effects.filter((effect) => by !== 'host' || effect.kind !== 'tell-host').map((effect) => (effect.kind === 'invite' ? { ...effect, detail: { accepted: true } } : effect))),
    ...(booking.contact_id
      ? [addToTimeline(tx, { workspaceId, contactId: booking.contact_id, kind: 'accepted', at: now, bookingId, words: { title: booking.title, start, end, by: by === 'visitor' ? 'visitor' : 'host' } })]
      : []),
    deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId, bookingId }),
  ])
  await decideInviter(tx, workspaceId, bookingId, inviting(deps))
}

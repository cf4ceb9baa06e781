import { cutBusy } from '#core/time/busy.ts'
import type { Instant, Span } from '#core/time/model.ts'
import { claimHosts, readHostCalendars } from '#server/calendars/busy.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import { cancelBooking } from './cancel.ts'
import { bookingEffectsTask, runEffectsSoon } from './effects.ts'
import { reminderMinutes, USUAL, type ChangeKind, type OnCalendarChange } from './model.ts'
import { moveBooking } from './move.ts'
import { calendarsOf, changeBooking, dropHolds, findBooking, hostsOf, insertChange, insertEffects, rulesOf, type BookingRow, type HostOfBooking } from './store.ts'

/** A fact: the calendar was asked, and this is what stands in it while the booking is at `revision`. `told` also where it is no span that could be followed. */
export type Seen = { bookingId: string; revision: number; calendarId: string; kind: ChangeKind; who: string | null; span: Span | null; told: Span | null }

export type Applied =
  | { kind: 'followed' }
  /** Its host is asked: they want to be, or it cannot be followed as it is. */
  | { kind: 'asked'; conflict: boolean }
  | { kind: 'ignored' }
  /** The booking has changed since: the fact is none any more. */
  | { kind: 'over' }

type Situation = { booking: BookingRow; hosts: HostOfBooking[]; lead: string; reminders: number[]; policy: OnCalendarChange }

/** Does with a fact what the page's policy, or its host's own word, wants. */
export async function applyChange(deps: Deps, workspaceId: string, seen: Seen, word?: 'follow'): Promise<Applied> {
  const applied = await deps.db.inWorkspace(workspaceId, (tx) => apply(deps, tx, workspaceId, seen, word)).catch(async (error: unknown): Promise<Applied> => {
    // 23P01: another booking of ours stands there. The meeting stays where it was, and its host is asked.
    if ((error as { code?: string }).code !== '23P01') throw error
    return deps.db.inWorkspace(workspaceId, (tx) => holding(deps, tx, workspaceId, seen, (situation) => ask(deps, tx, situation, seen, true)))
  })
  await failpoint('follow_applied')
  if (applied.kind === 'followed' || applied.kind === 'asked') runEffectsSoon(deps, workspaceId, seen.bookingId)
  return applied
}

const apply = (deps: Deps, tx: Tx, workspaceId: string, seen: Seen, word: 'follow' | undefined): Promise<Applied> =>
  holding(deps, tx, workspaceId, seen, async (situation): Promise<Applied> => {
    const { policy } = situation
    const wanted = word ?? policy[seen.kind]
    if (wanted === 'ignore') return note(deps, tx, situation, seen, 'ignored')
    if (wanted === 'ask') return ask(deps, tx, situation, seen, false)
    return seen.kind === 'moved' ? followMove(deps, tx, situation, seen) : followLoss(deps, tx, situation, seen)
  })

/** The hosts and the booking, held still; only what is still at the revision that was compared may be acted on. */
async function holding(deps: Deps, tx: Tx, workspaceId: string, seen: Seen, act: (situation: Situation) => Promise<Applied>): Promise<Applied> {
  const hosts = await hostsOf(tx, workspaceId, seen.bookingId)
  const hostIds = hosts.map((host) => host.user_id)
  const [, booking] = await Promise.all([claimHosts(tx, workspaceId, hostIds), findBooking(tx, workspaceId, seen.bookingId, { lock: true })])
  if (!booking || hosts.length === 0 || booking.state !== 'confirmed' || booking.revision !== seen.revision || booking.starts_at <= deps.now()) return { kind: 'over' }
  const { owner, reminders, policy } = await rulesOf(tx, workspaceId, seen.bookingId, seen.calendarId)
  return act({ booking, hosts, lead: owner ?? hostIds[0]!, reminders: (reminders ?? []).map(reminderMinutes), policy: policy ?? USUAL })
}

async function followMove(deps: Deps, tx: Tx, situation: Situation, seen: Seen): Promise<Applied> {
  const { booking, hosts, lead, reminders } = situation
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const now = deps.now()
  // All day, without an end, or into the past: no time that anybody could be invited to.
  if (seen.span === null || seen.span.end <= seen.span.start || seen.span.start <= now) return ask(deps, tx, situation, seen, false)
  const others = hosts.map((host) => host.user_id).filter((id) => id !== lead)
  if (await anyBusy(tx, others, seen.span, now)) return ask(deps, tx, situation, seen, true)
  await dropHolds(tx, workspaceId, hosts.map((host) => host.user_id), seen.span.start, seen.span.end)
  await note(deps, tx, situation, seen, 'followed')
  await moveBooking(deps, tx, booking, {
    ...seen.span,
    by: 'calendar',
    zone: booking.host_zone,
    publish: await calendarsOf(tx, workspaceId, bookingId),
    alreadyIn: seen.calendarId,
    reminders,
    tell: others,
  })
  return { kind: 'followed' }
}

/** A meeting of several is moved by one of them only where the others have time. */
async function anyBusy(tx: Tx, hostIds: string[], span: Span, now: Instant): Promise<boolean> {
  if (hostIds.length === 0) return false
  const calendars = await readHostCalendars(tx, hostIds, now)
  return [...calendars.values()].some(({ busy }) => cutBusy(busy, span).starts.length > 0)
}

async function followLoss(deps: Deps, tx: Tx, situation: Situation, seen: Seen): Promise<Applied> {
  const { booking, hosts, lead } = situation
  const byVisitor = seen.kind === 'declined' && seen.who === booking.email.toLowerCase()
  const unaware = hosts.map((host) => host.user_id).filter((id) => byVisitor || id !== lead)
  await note(deps, tx, situation, seen, 'followed')
  await cancelBooking(deps, tx, booking, { by: byVisitor ? 'visitor' : 'calendar', reason: '', tell: unaware })
  return { kind: 'followed' }
}

async function note(deps: Deps, tx: Tx, { booking }: Situation, seen: Seen, state: 'followed' | 'ignored' | 'open'): Promise<Applied> {
  const { kind, calendarId, told, who } = seen
  await insertChange(tx, booking.workspace_id, { bookingId: booking.booking_id, calendarId, kind, start: told?.start ?? null, end: told?.end ?? null, who, state, now: deps.now() })
  return state === 'ignored' ? { kind: 'ignored' } : { kind: 'followed' }
}

/** The host decides. Until then the meeting stays as it was agreed; that its event is gone is not hidden. */
async function ask(deps: Deps, tx: Tx, situation: Situation, seen: Seen, conflict: boolean): Promise<Applied> {
  const { booking, lead } = situation
  const { workspace_id: workspaceId, booking_id: bookingId, revision } = booking
  await note(deps, tx, situation, seen, 'open')
  await changeBooking(tx, workspaceId, bookingId, { ...(conflict ? { conflict } : {}), ...(seen.kind === 'deleted' ? { calendar_state: 'failed' as const, calendar_reason: 'gone' } : {}) }, revision)
  // One letter for each revision and kind of change, however often the event is dragged about.
  await insertEffects(tx, workspaceId, bookingId, revision, [{ kind: `ask-${seen.kind}`, destination: lead, dueAt: deps.now() }])
  await deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId, bookingId })
  return { kind: 'asked', conflict }
}

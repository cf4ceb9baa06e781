import { DAY, type Instant, type Zone } from '#core/time/model.ts'
import { addToTimeline } from '#server/contacts/timeline.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { reminderEffects } from './book.ts'
import { bookingEffectsTask } from './effects.ts'
import { LINK_DAYS_AFTER } from './model.ts'
import { calendarsOf, changeBooking, closeChanges, dropEffects, insertEffects, moveTime, wereInvited, type BookingRow, type NewEffect } from './store.ts'
import { wallTime } from './wall-time.ts'

export type Move = {
  start: Instant
  end: Instant
  by: 'visitor' | 'host' | 'calendar'
  /** The host's, whose wall clock it keeps. */
  zone: Zone
  /** Calendars it belongs into from now on. */
  publish: string[]
  /** Of these, the one where its owner has moved it already. */
  alreadyIn?: string
  /** Minutes before. */
  reminders: number[]
  /** Hosts who do not know of it yet. */
  tell: string[]
  visitorZone?: string
}

/**
 * A booking or a request at another time: a new revision, its time taken, calendars and people told by effects. The caller holds
 * the hosts and the booking, and has made sure that the time is free; the exclusion constraint is the guard behind that.
 */
export async function moveBooking(deps: Deps, tx: Tx, booking: BookingRow, move: Move): Promise<void> {
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const now = deps.now()
  const revision = booking.revision + 1
  const confirmed = booking.state === 'confirmed'
  if (confirmed) await moveTime(tx, workspaceId, bookingId, move.start, move.end)
  const written = confirmed ? await calendarsOf(tx, workspaceId, bookingId) : []
  const effects = confirmed ? await effectsOf(tx, booking, move, written, now) : []
  await Promise.all([
    changeBooking(tx, workspaceId, bookingId, {
      starts_at: move.start,
      ends_at: move.end,
      wall_time: wallTime(move.zone, move.start),
      host_zone: move.zone,
      zone_rules: process.versions.tz ?? '',
      revision,
      sequence: booking.sequence + 1,
      calendar_state: confirmed && move.publish.length > 0 ? 'writing' : 'none',
      calendar_reason: null,
      token_expires_at: move.end + LINK_DAYS_AFTER * DAY,
      conflict: false,
      proposed: null,
      // It leaves for another calendar, whose id for it nobody knows yet.
      ...(confirmed && !move.publish.includes(booking.calendar_id ?? '') ? { calendar_id: move.publish[0] ?? null, remote_id: null, remote_etag: null } : {}),
      ...(move.visitorZone ? { visitor_zone: move.visitorZone } : {}),
    }),
    dropEffects(tx, workspaceId, bookingId, revision),
    closeChanges(tx, workspaceId, { bookingId }, now),
    insertEffects(tx, workspaceId, bookingId, revision, [
      ...effects,
      ...move.tell.map((destination) => ({ kind: 'tell-host', destination, dueAt: now, detail: { news: confirmed ? 'moved' : 'requested', from: booking.starts_at } })),
    ]),
    ...(booking.contact_id
      ? [addToTimeline(tx, { workspaceId, contactId: booking.contact_id, kind: 'moved', at: now, bookingId, words: { title: booking.title, start: move.start, end: move.end, from: { start: booking.starts_at, end: booking.ends_at }, by: move.by } })]
      : []),
    deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId, bookingId }),
  ])
}

async function effectsOf(tx: Tx, booking: BookingRow, move: Move, written: string[], now: Instant): Promise<NewEffect[]> {
  const from = { start: booking.starts_at, end: booking.ends_at, by: move.by }
  const people = await peopleOf(tx, booking)
  return [
    ...move.publish.map((destination) => ({ kind: 'publish', destination, dueAt: now, ...(destination === move.alreadyIn ? { detail: { asShown: true } } : {}) })),
    // The chosen calendar may have changed since: the event leaves the old one.
    ...written.filter((id) => !move.publish.includes(id)).map((destination) => ({ kind: 'withdraw', destination, dueAt: now })),
    ...people.map((destination) => ({ kind: 'invite', destination, dueAt: now, detail: { from } })),
    ...(people.length > 0 ? reminderEffects(booking.email, move.reminders, move.start, now) : []),
  ]
}

/** Whom to tell of a confirmed meeting: of one that was only noted, nobody has heard. */
export async function peopleOf(tx: Tx, booking: BookingRow): Promise<string[]> {
  const silent = booking.made_from === 'record' && !(await wereInvited(tx, booking.workspace_id, booking.booking_id))
  return silent ? [] : [booking.email, ...booking.guests]
}

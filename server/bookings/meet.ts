import { randomUUID } from 'node:crypto'
import { DAY, MINUTE, type Instant } from '#core/time/model.ts'
import type { Scope } from '#server/accounts/gate.ts'
import { inviting } from '#server/calendars/about.ts'
import { claimHosts } from '#server/calendars/busy.ts'
import { getContact } from '#server/contacts/list.ts'
import type { Contact } from '#server/contacts/model.ts'
import { addToTimeline } from '#server/contacts/timeline.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { newToken } from '#server/platform/secrets.ts'
import { bookingEffectsTask, runEffectsSoon } from './effects.ts'
import { LINK_DAYS_AFTER, uidOf, type MeetingDraft } from './model.ts'
import { placesOf, takenAt, type Occupied } from './places.ts'
import { insertBooking, ownAt, takeTime } from './store.ts'
import { wallTime } from './wall-time.ts'

export type MeetOutcome =
  | { kind: 'made'; bookingId: string }
  /** `ours` is another meeting made here: over that nobody is booked, whatever they say. */
  | { kind: 'busy'; busy: Occupied[]; ours: boolean }
  /** The calendar could not be asked; whoever insists may book all the same. */
  | { kind: 'unreadable' }
  | { kind: 'past' }
  | { kind: 'not-found' }

/** Whether a meeting made from a record is written and invited to, or only noted: said before it is saved. */
export const before = async (deps: Deps, { workspaceId, userId }: Scope): Promise<{ calendar: boolean }> =>
  deps.db.inWorkspace(workspaceId, async (tx) => ({ calendar: (await placesOf(tx, [userId], deps.now())).length > 0 }))

/**
 * A meeting that a person makes with a contact of theirs: no page and no rules, but their own time, which nobody is given twice. It
 * goes into their calendar and invites; without a calendar it stands in the contact's history, and nobody hears of it (b.8).
 */
export async function meet(deps: Deps, scope: Scope, contactId: string, draft: MeetingDraft): Promise<MeetOutcome> {
  const { workspaceId, userId } = scope
  const span = { start: draft.start, end: draft.start + draft.duration * MINUTE }
  const contact = await getContact(deps, scope, contactId)
  if (!contact) return { kind: 'not-found' }
  if (span.start <= deps.now()) return { kind: 'past' }
  const taken = await takenAt(deps, workspaceId, [userId], span, null)
  if (taken.kind === 'unreadable' && !draft.anyway) return { kind: 'unreadable' }
  if (taken.kind === 'read' && (taken.own.length > 0 || (taken.busy.length > 0 && !draft.anyway))) return { kind: 'busy', busy: taken.busy, ours: taken.own.length > 0 }
  try {
    const bookingId = await deps.db.inWorkspace(workspaceId, (tx) => record(deps, tx, scope, contact, draft, span))
    runEffectsSoon(deps, workspaceId, bookingId)
    return { kind: 'made', bookingId }
  } catch (error) {
    // 23P01: somebody was booked while we looked.
    if ((error as { code?: string }).code !== '23P01') throw error
    return { kind: 'busy', busy: await deps.db.inWorkspace(workspaceId, (tx) => ownAt(tx, workspaceId, [userId], span.start, span.end, null)), ours: true }
  }
}

async function record(deps: Deps, tx: Tx, { workspaceId, userId, user }: Scope, contact: Contact, draft: MeetingDraft, { start, end }: { start: Instant; end: Instant }): Promise<string> {
  const now = deps.now()
  const bookingId = randomUUID()
  const { token, hash } = newToken(workspaceId)
  await claimHosts(tx, workspaceId, [userId])
  const publish = await placesOf(tx, [userId], now)
  const taking = [{ hostId: userId, start, end, before: 0, after: 0, capacity: 1, eventTypeId: null }]
  await takeTime(tx, workspaceId, taking, null)
  const people = publish.length > 0 ? [contact.email, ...draft.guests] : []
  await insertBooking(
    tx,
    {
      workspace_id: workspaceId,
      booking_id: bookingId,
      event_type_id: null,
      page_id: null,
      state: 'confirmed',
      starts_at: start,
      ends_at: end,
      host_zone: user.zone,
      wall_time: wallTime(user.zone, start),
      zone_rules: process.versions.tz ?? '',
      visitor_zone: contact.zone ?? user.zone,
      locale: contact.locale === 'it' || contact.locale === 'en' ? contact.locale : user.locale,
      title: draft.title,
      location: draft.location,
      contact_id: contact.id,
      name: contact.name,
      email: contact.email,
      guests: draft.guests,
      answers: [],
      consent: null,
      buffer_before: 0,
      buffer_after: 0,
      uid: uidOf(bookingId),
      revision: 1,
      sequence: 0,
      calendar_state: publish.length > 0 ? 'writing' : 'none',
      calendar_id: publish[0] ?? null,
      token_hash: hash,
      sealed_token: deps.secrets.seal(token, { table: 'bookings', row: bookingId, workspaceId }),
      token_expires_at: end + LINK_DAYS_AFTER * DAY,
      made_from: 'record',
      created_at: now,
    },
    [userId],
    taking,
    [...publish.map((destination) => ({ kind: 'publish', destination, dueAt: now })), ...people.map((destination) => ({ kind: 'invite', destination, dueAt: now }))],
    null,
    inviting(deps),
  )
  const place = draft.location.value
  await Promise.all([
    addToTimeline(tx, { workspaceId, contactId: contact.id, kind: 'meeting', at: now, bookingId, authorId: userId, words: { title: draft.title, start, end, by: 'host', ...(place ? { place } : {}) } }),
    deps.jobs.enqueue(tx, bookingEffectsTask, { workspaceId, bookingId }),
  ])
  return bookingId
}

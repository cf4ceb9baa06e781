import { createHash, randomUUID } from 'node:crypto'
import type { Busy } from '#core/time/busy.ts'
import { packBusy } from '#core/time/busy.ts'
import { DAY, MINUTE, type Instant } from '#core/time/model.ts'
import { inviting } from '#server/calendars/about.ts'
import { claimHosts } from '#server/calendars/busy.ts'
import { checkFresh } from '#server/calendars/fresh.ts'
import { rememberContact } from '#server/contacts/remember.ts'
import { addToTimeline } from '#server/contacts/timeline.ts'
import { DatabaseAway, type Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import { newToken, readToken } from '#server/platform/secrets.ts'
import { runEffectsSoon } from './effects.ts'
import { chooseHosts } from './hold.ts'
import { loadInputs, loadInputsIn, modeOf, rememberTaken, windowAround, type HostInputs, type Mode, type OwnRow, type PageInputs } from './inputs.ts'
import { LINK_DAYS_AFTER, reminderMinutes, uidOf, type PageRef, type Visitor } from './model.ts'
import { alternativesTo, mayStart } from './slots.ts'
import { answerToKey, findKey, findToken, insertBooking, takeTime, type NewEffect, type Taking } from './store.ts'
import { wallTime } from './wall-time.ts'

export type Wish = {
  start: Instant
  /** Minutes. */
  duration: number
  visitor: Visitor
  /** The token of the visitor's own hold. */
  hold: string | null
  /** The submit's Idempotency-Key. */
  key: string | null
}

export type BookOutcome =
  /** Ours for certain, and being written into the calendar; only `calendarState: standing` may be called booked to anyone. */
  | { kind: 'booked'; bookingId: string; token: string }
  /** Offline mode: the visitor asked, the host decides (S-012). */
  | { kind: 'requested'; bookingId: string; token: string }
  | { kind: 'slot-taken'; alternatives: Instant[] }
  | { kind: 'closed' }
  /** The same key came with another wish (A14). */
  | { kind: 'key-reused' }
  | { kind: 'not-found' }

/**
 * Everything a booking causes is decided here, in one transaction; the slow half waits in effects. `justRead` spares a caller who
 * has this moment read the page a second reading; the transaction reads it again in any case.
 */
export async function book(deps: Deps, ref: PageRef, wish: Wish, justRead?: PageInputs): Promise<BookOutcome> {
  const seen = justRead ?? (await loadInputs(deps.db, ref))
  if (!seen) return { kind: 'not-found' }
  const { workspaceId, pageId } = seen.type
  const now = deps.now()
  const hold = wish.hold ? readToken(wish.hold) : null
  const holdHash = hold?.workspaceId === workspaceId ? hold.hash : null
  const except = (own: OwnRow) => holdHash !== null && own.holdHash === holdHash.toString('hex')
  // A submit without a key gets one for this call: it is how a COMMIT whose answer was lost is found again.
  const key = { hash: sha256(wish.key ?? randomUUID()), body: bodyHash(ref, wish) }

  let mode = modeOf(seen, now)
  // A wish that is lost already costs no lock and no call; only its key may still have an answer.
  if (mode.kind !== 'closed' && !mayStart(seen, wish.start, wish.duration, now, mode, { except })) {
    const known = await onceMore(() => deps.db.inWorkspace(workspaceId, (tx) => findKey(tx, workspaceId, key.hash)))
    if (!known) return { kind: 'slot-taken', alternatives: alternativesTo(seen, wish, now, { except }) }
    return deps.db.inWorkspace(workspaceId, (tx) => replay(deps, tx, workspaceId, known.booking_id, key.body.equals(known.body_hash)))
  }
  // Network first: what the calendars say at this moment, before anything is locked (A24).
  let fresh: Map<string, Busy> | undefined
  if (mode.kind === 'bookable') {
    const checked = await checkFresh(deps, workspaceId, seen.hosts.map((host) => host.hostId), windowAround(wish.start, wish.duration))
    if (checked.kind === 'clear') fresh = new Map([...checked.busy].map(([hostId, spans]) => [hostId, packBusy(spans)]))
    else mode = whenUnreadable(seen, now)
  }
  const downgraded = mode

  await failpoint('before_lock')
  const written: { copy: Copy | null } = { copy: null }
  const decide = () =>
    deps.db.inWorkspace(workspaceId, async (tx): Promise<BookOutcome> => {
      const hostIds = seen.hosts.map((host) => host.hostId)
      // Two visitors, one slot: the second waits for the first here, then reads what the first has written.
      const [, answered, inputs] = await Promise.all([claimHosts(tx, workspaceId, hostIds), answerToKey(tx, workspaceId, hostIds, key.hash, now), loadInputsIn(tx, workspaceId, pageId, seen)])
      await failpoint('after_lock')
      if (answered) return replay(deps, tx, workspaceId, answered.booking_id, key.body.equals(answered.body_hash))
      if (!inputs) return { kind: 'not-found' }
      const current = stricter(modeOf(inputs, now), downgraded)
      if (current.kind === 'closed') return { kind: 'closed' }
      const options = { except, ...(fresh ? { fresh } : {}) }
      if (!mayStart(inputs, wish.start, wish.duration, now, current, options)) return { kind: 'slot-taken', alternatives: alternativesTo(inputs, wish, now, options) }
      const recorded = await record(deps, tx, inputs, wish, current, { holdHash, key, options, now })
      // A hold that became a booking, or one more in a shared slot, is read again instead.
      written.copy = holdHash === null && inputs.type.capacity === 1 ? { inputs, taken: recorded.taken } : null
      return recorded.outcome
    })
  try {
    const outcome = await onceMore(decide)
    await failpoint('after_commit')
    if (written.copy && outcome.kind === 'booked') rememberTaken(ref, written.copy.inputs, written.copy.taken)
    if (outcome.kind === 'booked' || outcome.kind === 'requested') runEffectsSoon(deps, workspaceId, outcome.bookingId)
    return outcome
  } catch (error) {
    // 23P01: the exclusion constraint, the last guard, saw somebody whom the lock had not.
    if ((error as { code?: string }).code === '23P01') return { kind: 'slot-taken', alternatives: alternativesTo(seen, wish, now, { except }) }
    throw error
  }
}

/** The line broke, perhaps behind our COMMIT (E06): asked again, the hosts' lock waits for its end, and the key says how it ended. */
const onceMore = <T>(work: () => Promise<T>): Promise<T> =>
  work().catch((error: unknown) => {
    if (!(error instanceof DatabaseAway)) throw error
    return work()
  })

/** The page as the transaction read it, and the time it took. */
type Copy = { inputs: PageInputs; taken: Map<string, OwnRow> }

async function record(
  deps: Deps,
  tx: Tx,
  inputs: PageInputs,
  wish: Wish,
  mode: Mode,
  context: { holdHash: Buffer | null; key: { hash: Buffer; body: Buffer }; options: { except: (own: OwnRow) => boolean; fresh?: Map<string, Busy> }; now: Instant },
): Promise<{ outcome: BookOutcome; taken: Map<string, OwnRow> }> {
  const { type } = inputs
  const { workspaceId } = type
  const { now } = context
  const requested = mode.kind === 'requests'
  const hostIds = requested ? inputs.hosts.map((host) => host.hostId) : chooseHosts(inputs, wish.start, wish.duration, now, mode, context.options)
  const hosts = hostIds.map((id) => inputs.hosts.find((host) => host.hostId === id)!)
  const lead = hosts[0]!
  const end = wish.start + wish.duration * MINUTE
  const taking: Taking[] = requested ? [] : hosts.map(({ hostId }) => ({ hostId, start: wish.start, end, before: type.before, after: type.after, capacity: type.capacity, eventTypeId: type.eventTypeId }))

  const contact = rememberContact(tx, { workspaceId, ownerId: type.owner.id, name: wish.visitor.name, email: wish.visitor.email, locale: wish.visitor.locale, zone: wish.visitor.zone, source: requested ? 'request' : 'booking' })
  const [{ contactId }, took] = await Promise.all([contact, taking.length > 0 ? takeTime(tx, workspaceId, taking, context.holdHash) : []])

  const bookingId = randomUUID()
  const { token, hash } = newToken(workspaceId)
  await failpoint('after_insert')
  await Promise.all([
    insertBooking(
      tx,
      {
        workspace_id: workspaceId,
        booking_id: bookingId,
        event_type_id: type.eventTypeId,
        page_id: type.pageId,
        state: requested ? 'requested' : 'confirmed',
        starts_at: wish.start,
        ends_at: end,
        host_zone: lead.schedule.zone,
        wall_time: wallTime(lead.schedule.zone, wish.start),
        zone_rules: process.versions.tz ?? '',
        visitor_zone: wish.visitor.zone,
        locale: wish.visitor.locale,
        title: type.title,
        location: type.location,
        contact_id: contactId,
        name: wish.visitor.name,
        email: wish.visitor.email,
        guests: wish.visitor.guests,
        answers: wish.visitor.answers,
        consent: wish.visitor.consent,
        buffer_before: type.before,
        buffer_after: type.after,
        uid: uidOf(bookingId),
        revision: 1,
        sequence: 0,
        calendar_state: requested ? 'none' : 'writing',
        calendar_id: requested ? null : destinationOf(lead),
        token_hash: hash,
        sealed_token: deps.secrets.seal(token, { table: 'bookings', row: bookingId, workspaceId }),
        token_expires_at: end + LINK_DAYS_AFTER * DAY,
        made_from: 'page',
        created_at: now,
      },
      hostIds,
      taking,
      requested ? requestEffects(hosts, wish.visitor, now) : bookingEffects(hosts, wish.visitor, type.reminders.map(reminderMinutes), wish.start, now),
      context.key,
      inviting(deps),
    ),
    addToTimeline(tx, { workspaceId, contactId, kind: requested ? 'requested' : 'booked', at: now, bookingId, words: { title: type.title, start: wish.start, end, page: type.title, by: 'visitor' } }),
  ])
  await failpoint('before_commit')
  const own = { start: wish.start, end, before: type.before, after: type.after, taken: 1, capacity: type.capacity, sameType: true, holdUntil: null, holdHash: null }
  return { outcome: { kind: requested ? 'requested' : 'booked', bookingId, token }, taken: new Map(took.map((row) => [row.host_id, { ...own, id: row.occupancy_id }])) }
}

export const destinationOf = (host: HostInputs): string | null => host.calendars.find((calendar) => calendar.destination && calendar.writable)?.id ?? null

/** An event in each host's calendar, then one letter to each person. */
export function bookingEffects(hosts: HostInputs[], visitor: { email: string; guests: string[] }, reminders: number[], start: Instant, now: Instant): NewEffect[] {
  const calendars = [...new Set(hosts.map(destinationOf).filter((id) => id !== null))]
  return [
    ...calendars.map((calendarId) => ({ kind: 'publish', destination: calendarId, dueAt: now })),
    ...[visitor.email, ...visitor.guests].map((email) => ({ kind: 'invite', destination: email, dueAt: now })),
    ...hosts.map((host) => ({ kind: 'tell-host', destination: host.hostId, dueAt: now, detail: { news: 'booked' } })),
    ...reminderEffects(visitor.email, reminders, start, now),
  ]
}

/** Reminders whose moment has already gone are not sent late. */
export const reminderEffects = (email: string, reminders: number[], start: Instant, now: Instant): NewEffect[] =>
  reminders
    .map((minutes) => ({ kind: `remind-${minutes}`, destination: email, dueAt: start - minutes * MINUTE }))
    .filter(({ dueAt }) => dueAt > now)

const requestEffects = (hosts: HostInputs[], visitor: { email: string }, now: Instant): NewEffect[] => [
  { kind: 'acknowledge', destination: visitor.email, dueAt: now },
  ...hosts.map((host) => ({ kind: 'tell-host', destination: host.hostId, dueAt: now, detail: { news: 'requested' } })),
]

/** The mode of a page whose calendar did not answer just now: never "free" (A25). */
function whenUnreadable({ type, hosts }: PageInputs, now: Instant): Mode {
  const { whenUnreadable: choice } = type
  if (choice.kind === 'close') return { kind: 'closed', reason: 'stale' }
  const oldest = Math.min(...hosts.flatMap((host) => host.calendars.filter((calendar) => calendar.checked).map((calendar) => calendar.synced ?? 0)))
  return choice.kind === 'last-known' && oldest > now - choice.hours * 60 * MINUTE ? { kind: 'bookable' } : { kind: 'requests', reason: 'stale' }
}

const RANK = { bookable: 0, requests: 1, closed: 2 }
const stricter = (a: Mode, b: Mode): Mode => (RANK[a.kind] >= RANK[b.kind] ? a : b)

/** The same submit again gets the same booking and the same link; the link's token was sealed for this. */
async function replay(deps: Deps, tx: Tx, workspaceId: string, bookingId: string, sameWish: boolean): Promise<BookOutcome> {
  if (!sameWish) return { kind: 'key-reused' }
  const known = await findToken(tx, workspaceId, bookingId)
  if (!known) return { kind: 'key-reused' }
  const token = deps.secrets.unseal(known.sealed_token, { table: 'bookings', row: bookingId, workspaceId })
  return { kind: known.state === 'requested' ? 'requested' : 'booked', bookingId, token }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

const bodyHash = (ref: PageRef, { start, duration, visitor }: Wish): Buffer =>
  sha256(JSON.stringify([ref.host, ref.page, start, duration, visitor.name, visitor.email, visitor.answers, visitor.guests]))

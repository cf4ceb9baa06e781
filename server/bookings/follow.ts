import type { Instant } from '#core/time/model.ts'
import type { Follow } from '#server/calendars/changed.ts'
import { QUARANTINE, vanish } from '#server/calendars/model.ts'
import { differencesIn, lookAt, noteMissing, noteMoved, type Difference, type Differences } from '#server/calendars/ours.ts'
import { addToTimeline } from '#server/contacts/timeline.ts'
import type { Deps } from '#server/platform/deps.ts'
import { failpoint } from '#server/platform/failpoint.ts'
import { applyChange, type Seen } from './apply-change.ts'
import { changeBooking, closeChanges, findBooking, findFollowable, moveEffects, publishAgain, type Followable } from './store.ts'

/** What a look at our copy of the calendar suspects of one booking. Only the calendar itself, asked once more, makes it a fact. */
type Suspicion = { booking: Followable; difference: Difference; kind: Seen['kind']; who: string | null }

/**
 * What their owner did to our events in their calendar comes back to the bookings, by the policy of each page. Our own writes never
 * do: an event that stands where its booking stands says nothing, and neither does one that we are still writing. Safe to be asked
 * twice and to be killed anywhere: a fact is acted on only at the very revision it was compared with.
 */
export const follow: Follow = async (deps, { workspaceId, calendarId }) => {
  const found = await differencesIn(deps, workspaceId, calendarId)
  if (!found) return
  const now = deps.now()
  const uids = found.differences.map(({ uid }) => uid)
  const bookings = uids.length === 0 ? [] : await deps.db.inWorkspace(workspaceId, (tx) => findFollowable(tx, workspaceId, calendarId, uids, now))
  const byUid = new Map(bookings.map((booking) => [booking.uid, booking]))
  const pairs = found.differences.flatMap((difference) => {
    const booking = byUid.get(difference.uid)
    return booking ? [{ booking, difference }] : []
  })
  for (const { booking, difference } of pairs) await noteAnswer(deps, workspaceId, booking, difference)

  const suspicions = pairs.flatMap(({ booking, difference }) => suspicionOf(booking, difference, found.own))
  const believed = await withoutMassLoss(deps, workspaceId, calendarId, found, suspicions)
  for (const suspicion of believed) {
    if (alreadyKnown(suspicion)) continue
    const seen = await confirm(deps, workspaceId, calendarId, suspicion)
    await failpoint('follow_confirmed')
    if (seen) await applyChange(deps, workspaceId, seen)
  }
  // What nobody suspects any more has answered itself.
  await deps.db.inWorkspace(workspaceId, (tx) => closeChanges(tx, workspaceId, { calendarId, except: suspicions.map(({ booking }) => booking.booking_id) }, now))
}

function suspicionOf(booking: Followable, difference: Difference, own: string[]): Suspicion[] {
  const { shown } = difference
  const as = (kind: Seen['kind'], who: string | null = null): Suspicion[] => [{ booking, difference, kind, who }]
  if (!shown || shown.kind === 'cancelled' || booking.written !== 'done') return as('deleted')
  const host = shown.kind === 'declined' ? (own[0] ?? '') : own.find((address) => shown.declined.includes(address))
  if (host !== undefined) return as('declined', host)
  if (shown.start !== booking.starts_at || shown.end !== booking.ends_at) return as('moved')
  const visitor = booking.email.toLowerCase()
  if (shown.declined.includes(visitor)) return as('declined', visitor)
  // Under another id, but there and as we left it.
  return shown.remoteId === difference.remoteId ? [] : as('moved')
}

/** Whether the same was asked or settled before: a host who let it be is not asked again. */
const alreadyKnown = ({ booking, difference: { shown, remoteId }, kind, who }: Suspicion): boolean =>
  booking.written === 'done' &&
  (shown === null || shown.remoteId === remoteId) &&
  booking.known.some((known) => known.kind === kind && known.who === who && (kind !== 'moved' || (known.starts_at === shown?.start && known.ends_at === shown.end)))

/**
 * Several of our events gone at once may be a server that shows an empty calendar (B08): then nothing is believed before a second
 * look, later. Whoever really cleared their calendar waits ten minutes for their visitors to be told.
 */
async function withoutMassLoss(deps: Deps, workspaceId: string, calendarId: string, found: Differences, suspicions: Suspicion[]): Promise<Suspicion[]> {
  const now = deps.now()
  const missing = suspicions.filter(({ difference }) => difference.shown === null)
  const back = found.differences.filter(({ shown, missingSince }) => shown !== null && missingSince !== null)
  if (back.length > 0) await noteMissing(deps, workspaceId, calendarId, back.map(({ uid }) => uid), null)
  if (!vanish(missing.length, found.ours)) return suspicions
  const fresh = missing.filter(({ difference: { missingSince } }) => missingSince === null || now - missingSince < QUARANTINE)
  if (fresh.length === 0) return suspicions
  await noteMissing(deps, workspaceId, calendarId, fresh.map(({ difference }) => difference.uid), now)
  return suspicions.filter((one) => !fresh.includes(one))
}

/** What the calendar says at this moment, or null where it shows the booking as it is, or nothing that may be believed. */
async function confirm(deps: Deps, workspaceId: string, calendarId: string, { booking, difference, kind, who }: Suspicion): Promise<Seen | null> {
  const look = await lookAt(deps, workspaceId, calendarId, booking.uid)
  if (look.kind === 'unknown') return null
  const seen = { bookingId: booking.booking_id, revision: booking.revision, calendarId, who: null, span: null, told: null }
  if (look.kind === 'gone') return { ...seen, kind: 'deleted' }
  if (look.calendarId !== calendarId || look.event.remoteId !== difference.remoteId) await adopt(deps, workspaceId, booking, { from: calendarId, to: look.calendarId, remoteId: look.event.remoteId })
  // What we have not yet written there is not where its owner has moved it.
  if (booking.written !== 'done') return null
  if (kind === 'declined') return { ...seen, calendarId: look.calendarId, kind, who }
  const { span } = look.event
  if (span !== null && span.start === booking.starts_at && span.end === booking.ends_at) return null
  const { shown } = difference
  return { ...seen, calendarId: look.calendarId, kind: 'moved', span, told: span ?? (shown && { start: shown.start, end: shown.end }) }
}

/** The event was given another id, or dragged into another calendar of the account: it is still this booking's (B19). */
async function adopt(deps: Deps, workspaceId: string, booking: Followable, place: { from: string; to: string; remoteId: string }): Promise<void> {
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    const current = await findBooking(tx, workspaceId, booking.booking_id, { lock: true })
    if (current?.state !== 'confirmed' || current.revision !== booking.revision) return
    await noteMoved(tx, workspaceId, booking.uid, { ...place, span: { start: current.starts_at, end: current.ends_at } }, deps.now())
    if (place.from !== place.to) await moveEffects(tx, workspaceId, booking.booking_id, place.from, place.to)
    // What could not be written to where it no longer was is tried again here.
    if (booking.written !== 'done') await publishAgain(tx, workspaceId, booking.booking_id, booking.revision, place.to, deps.now())
    if (current.calendar_id === place.from) await changeBooking(tx, workspaceId, booking.booking_id, { calendar_id: place.to, remote_id: place.remoteId, remote_etag: null }, booking.revision)
  })
}

/** The visitor's own answer, in their contact's history: once for each answer. */
async function noteAnswer(deps: Deps, workspaceId: string, booking: Followable, { shown }: Difference): Promise<void> {
  const visitor = booking.email.toLowerCase()
  const answer = shown?.declined.includes(visitor) ? 'declined' : shown?.accepted.includes(visitor) ? 'accepted' : null
  if (answer === null || answer === booking.visitor_answer) return
  const now: Instant = deps.now()
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    const current = await findBooking(tx, workspaceId, booking.booking_id, { lock: true })
    if (!current || current.revision !== booking.revision || current.visitor_answer === answer) return
    await changeBooking(tx, workspaceId, booking.booking_id, { visitor_answer: answer })
    if (current.contact_id)
      await addToTimeline(tx, { workspaceId, contactId: current.contact_id, kind: 'answer', at: now, bookingId: current.booking_id, words: { title: current.title, start: current.starts_at, end: current.ends_at, by: 'visitor', answer } })
  })
}

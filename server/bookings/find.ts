import { MINUTE, type Instant } from '#core/time/model.ts'
import type { Tx } from '#server/platform/database.ts'
import { letterStates, type TellingState } from './letter-state.ts'
import type { Booking } from './model.ts'
import { listBookings, type BookingView, type ListFilter } from './store.ts'

const PAGE = 50

/** Bookings for the app: everything of the workspace a member may see, or those of one host. */
export async function findBookings(tx: Tx, workspaceId: string, filter: ListFilter): Promise<{ bookings: Booking[]; next: string | null }> {
  const rows = await listBookings(tx, workspaceId, filter, PAGE + 1)
  const bookings = await told(tx, rows.slice(0, PAGE))
  return { bookings, next: rows.length > PAGE ? String(filter.offset + PAGE) : null }
}

export async function getBooking(tx: Tx, workspaceId: string, bookingId: string, now: Instant): Promise<Booking | null> {
  const [booking] = await told(tx, await listBookings(tx, workspaceId, { which: 'one', bookingId, now, offset: 0, hostId: null }, 1))
  return booking ?? null
}

export const meetingMinutes = (booking: { start: Instant; end: Instant }): number => (booking.end - booking.start) / MINUTE

async function told(tx: Tx, rows: BookingView[]): Promise<Booking[]> {
  const states = await letterStates(tx, rows.flatMap((row) => row.letters ?? []))
  return rows.map((row) => bookingOf(row, states))
}

function bookingOf(row: BookingView, states: Map<string, TellingState>): Booking {
  return {
    id: row.booking_id,
    state: row.state,
    start: row.starts_at,
    end: row.ends_at,
    zone: row.host_zone,
    title: row.title,
    page: row.page_id && row.host_slug && row.page_slug ? { id: row.page_id, title: row.title, url: `/${row.host_slug}/${row.page_slug}` } : null,
    contact: row.contact_id && row.contact_name && row.contact_email ? { id: row.contact_id, name: row.contact_name, email: row.contact_email } : null,
    name: row.name,
    email: row.email,
    guests: row.guests,
    answers: row.answers.map(({ label, value }) => ({ label, value })),
    location: row.location,
    joinUrl: row.join_url,
    joinState: row.join_state,
    madeFrom: row.made_from,
    visitorAnswer: row.visitor_answer,
    calendarState: row.calendar_state,
    calendarReason: row.calendar_reason,
    standingAt: row.standing_at,
    conflict: row.conflict,
    proposed: row.proposed,
    letters: (row.letters ?? []).flatMap(({ effectId, kind, to, at }) => {
      const state = states.get(effectId) ?? 'none'
      return state === 'none' ? [] : [{ kind, state, to, at }]
    }),
    revision: row.revision,
    visitorZone: row.visitor_zone,
    createdAt: row.created_at,
    cancelledBy: row.cancelled_by,
    cancelReason: row.cancel_reason,
    hosts: row.hosts ?? [],
  }
}

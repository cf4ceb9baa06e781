import type { EventDraft } from '#server/providers/provider.ts'
import type { BookingRow, HostOfBooking } from './store.ts'

/** A place as people are told it: a link that the calendar makes is a video call like any other once it is there. */
export type Where = { kind: 'video' | 'phone' | 'place' | 'ask'; value: string }

export function whereOf({ location: { kind, value }, join_url }: Pick<BookingRow, 'location' | 'join_url'>): Where {
  return kind === 'meet' || kind === 'teams' ? { kind: 'video', value: join_url ?? '' } : { kind, value }
}

/** What stands in the calendar and in the invitation for a booking: the same times and people in both. */
export function eventOf(booking: BookingRow, hosts: HostOfBooking[]): EventDraft {
  const lead = hosts[0]!
  const { kind, value } = whereOf(booking)
  const url = kind === 'video' && /^https?:\/\//.test(value) ? value : null
  return {
    uid: booking.uid,
    sequence: booking.sequence,
    span: { start: booking.starts_at, end: booking.ends_at },
    zone: booking.host_zone,
    // What a host has written by hand is its whole title; a page's title says nothing of who comes.
    title: booking.made_from === 'record' ? booking.title : `${booking.title}: ${booking.name}`,
    description: booking.answers.map(({ label, value: said }) => `${label}: ${said}`).join('\n'),
    location: value,
    url,
    organizer: { name: lead.name, email: lead.email },
    attendees: [{ name: booking.name, email: booking.email }, ...hosts.slice(1).map((host) => ({ name: host.name, email: host.email })), ...booking.guests.map((email) => ({ name: email, email }))],
  }
}

/** The same for iCalendar: under the UID that whoever has it in a calendar knows it by. */
export const invitationOf = (booking: BookingRow, hosts: HostOfBooking[]): EventDraft => ({ ...eventOf(booking, hosts), uid: booking.calendar_uid ?? booking.uid })

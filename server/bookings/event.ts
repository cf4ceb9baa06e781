import type { EventDraft } from '#server/providers/provider.ts'
import type { BookingRow, HostOfBooking } from './store.ts'

/** What stands in the calendar and in the invitation for a booking: the same UID, times and people in both. */
export function eventOf(booking: BookingRow, hosts: HostOfBooking[]): EventDraft {
  const lead = hosts[0]!
  const { kind, value } = booking.location
  const url = kind === 'video' && /^https?:\/\//.test(value) ? value : null
  return {
    uid: booking.uid,
    sequence: booking.sequence,
    span: { start: booking.starts_at, end: booking.ends_at },
    zone: booking.host_zone,
    title: `${booking.title}: ${booking.name}`,
    description: booking.answers.map(({ label, value: said }) => `${label}: ${said}`).join('\n'),
    location: value,
    url,
    organizer: { name: lead.name, email: lead.email },
    attendees: [{ name: booking.name, email: booking.email }, ...hosts.slice(1).map((host) => ({ name: host.name, email: host.email })), ...booking.guests.map((email) => ({ name: email, email }))],
  }
}

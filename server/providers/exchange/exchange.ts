import type { CalendarProvider } from '../provider.ts'
import { freshBusy } from './busy.ts'
import { listCalendars } from './calendars.ts'
import { createEvent, deleteEvent, readEvent, updateEvent } from './events.ts'
import { pull } from './pull.ts'

/** Exchange 2010 SP2 and later on premises, by EWS. What of it we use: docs/providers/exchange.md. */
export const exchange: CalendarProvider = {
  listCalendars,
  pull,
  createEvent,
  updateEvent,
  deleteEvent,
  readEvent,
  freshBusy,
  // Changes come over a connection that we keep open (stream.ts), never as a call to us.
  watch: null,
  // One invitation, from the person's own mailbox.
  invites: 'provider',
  calendarUid: (uid) => uid,
}

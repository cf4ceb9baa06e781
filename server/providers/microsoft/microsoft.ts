import type { CalendarProvider } from '../provider.ts'
import { freshBusy } from './busy.ts'
import { listCalendars } from './calendars.ts'
import { createEvent, deleteEvent, readEvent, updateEvent } from './events.ts'
import { pull } from './pull.ts'
import { watch } from './watch.ts'

/** Microsoft Graph v1.0: Microsoft 365 and outlook.com. What of it we use: docs/providers/microsoft.md. */
export const microsoft: CalendarProvider = {
  listCalendars,
  pull,
  createEvent,
  updateEvent,
  deleteEvent,
  readEvent,
  freshBusy,
  watch,
  // Exchange writes to whoever stands in an event, and cannot be told not to.
  invites: 'provider',
  // The UID in iCalendar is made by Exchange.
  calendarUid: () => null,
}

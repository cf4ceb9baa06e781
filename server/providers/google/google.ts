import type { CalendarProvider } from '../provider.ts'
import { listCalendars } from './calendars.ts'
import { createEvent, deleteEvent, readEvent, updateEvent } from './events.ts'
import { freshBusy } from './fresh.ts'
import { calendarUid } from './id.ts'
import { pull } from './pull.ts'
import { watch } from './watch.ts'

/** Google Calendar API v3. What of it we use: docs/providers/google.md. */
export const google: CalendarProvider = {
  listCalendars,
  pull,
  createEvent,
  updateEvent,
  deleteEvent,
  readEvent,
  freshBusy,
  watch,
  // Every write is silent, so that one letter, ours, invites (C27).
  invites: 'us',
  calendarUid,
}

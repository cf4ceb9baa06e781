import type { Span } from '#core/time/model.ts'
import { expand, touches } from './series.ts'
import type { Event } from './schema.ts'
import type { GoogleCalendar } from './model.ts'

/** What a listing is about: series whole or as their instances, and the times it looks at. */
export type Scope = { single: boolean; window: Span }

/** What a listing shows of one stored event: nothing, itself, or its instances but for those that are stored on their own. */
export function shownAs(calendar: GoogleCalendar, event: Event | null, { single, window }: Scope): Event[] {
  if (!event || event.status === 'cancelled') return []
  if (!event.recurrence) return touches(event, calendar.zone, window) ? [event] : []
  const found = expand(event, calendar.zone, window)
  if (!single) return found.length > 0 ? [event] : []
  const own = calendar.exceptions.get(event.id!)
  return own ? found.filter((instance) => !own.has(instance.id!)) : found
}

/** Every occurrence in the window that is not cancelled. */
export const occurrences = (calendar: GoogleCalendar, window: Span): Event[] =>
  [...calendar.stored.values()].flatMap(({ event }) => shownAs(calendar, event, { single: true, window }))

import { instanceOf } from './series.ts'
import type { Event } from './schema.ts'
import type { GoogleCalendar } from './model.ts'
import type { GoogleStore } from './store.ts'

/** The event of that id, cancelled or not: a stored one, or an instance its series names. */
export function findStored(calendar: GoogleCalendar, id: string): Event | null {
  const stored = calendar.stored.get(id)
  if (stored) return stored.event
  const master = calendar.stored.get(id.slice(0, Math.max(0, id.lastIndexOf('_'))))?.event
  return master && master.status !== 'cancelled' ? instanceOf(master, id, calendar.zone) : null
}

/** After a series changed: exceptions from moments it does not name any more go; all of them with a cancelled one. */
export function settleSeries(store: GoogleStore, calendar: GoogleCalendar, old: Event, next: Event): void {
  if (!old.recurrence) return
  for (const id of calendar.exceptions.get(next.id!) ?? [])
    if (next.status === 'cancelled' || !next.recurrence || instanceOf(next, id, calendar.zone) === null)
      store.drop(calendar, calendar.stored.get(id)!.event)
}

import { shownAs, type Scope } from './visible.ts'
import { findStored } from './find.ts'
import type { Event } from './schema.ts'
import type { GoogleCalendar } from './model.ts'

/**
 * What changed in a calendar after change `since`: events as they are, and those that are gone with status cancelled
 * (developers.google.com/workspace/calendar/api/guides/sync). Who left the window is sent as it now is; a token does not say "gone"
 * of what still stands somewhere else.
 */
export function changesSince(
  calendar: GoogleCalendar,
  since: number,
  scope: Scope,
  strays: boolean,
): Event[] {
  const found = new Map<string, Event>()
  for (const [id, before] of changedIds(calendar, since)) {
    const now = calendar.stored.get(id)?.event ?? null
    const was = shownAs(calendar, before, scope)
    const is = shownAs(calendar, now, scope)
    for (const event of is) found.set(event.id!, event)
    for (const event of was)
      if (!is.some((each) => each.id === event.id)) leave(calendar, event, scope.single, found)
    if (now?.status === 'cancelled' && !(scope.single && (before?.recurrence ?? now.recurrence)))
      found.set(id, now)
    if (strays && now && now.status !== 'cancelled' && is.length === 0 && !now.recurrence) found.set(id, now)
  }
  return [...found.values()]
}

/** Every id changed after `since`, with what stood there at that time. */
function changedIds(calendar: GoogleCalendar, since: number): Map<string, Event | null> {
  const ids = new Map<string, Event | null>()
  for (let i = firstAfter(calendar, since); i < calendar.journal.length; i++) {
    const { id, before } = calendar.journal[i]!
    if (!ids.has(id)) ids.set(id, before)
  }
  return ids
}

function firstAfter({ journal }: GoogleCalendar, since: number): number {
  let low = 0
  for (let high = journal.length; low < high;) {
    const middle = (low + high) >> 1
    if (journal[middle]!.at > since) high = middle
    else low = middle + 1
  }
  return low
}

/** It was shown, and its own record shows it no more. */
function leave(calendar: GoogleCalendar, event: Event, single: boolean, found: Map<string, Event>): void {
  const now = findStored(calendar, event.id!)
  const gone = !now || now.status === 'cancelled' || (single && now.recurrence !== undefined)
  if (!found.has(event.id!)) found.set(event.id!, gone ? { ...event, status: 'cancelled' } : now)
}

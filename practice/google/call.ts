import { notFound, Refusal } from './refusal.ts'
import type { GoogleCalendar, GoogleUser, Role } from './model.ts'
import type { GoogleStore } from './store.ts'

/** One request to the API, its token, scopes, query and body already looked at. */
export type Call = {
  store: GoogleStore
  url: string
  user: GoogleUser
  scopes: string[]
  params: Record<string, string>
  query: unknown
  body: unknown
  headers: Record<string, string | undefined>
}

const RANK: Role[] = ['freeBusyReader', 'reader', 'writer', 'owner']
export const atLeast = (role: Role, least: Role): boolean => RANK.indexOf(role) >= RANK.indexOf(least)

/** The calendar a call names, if its person may at least see it; `primary` is the person's own. */
export function calendarOf(
  { store, user, params }: Call,
  named = params['calendarId']!,
): { calendar: GoogleCalendar; role: Role } {
  const id = named === 'primary' ? user.email : named
  const role = store.role(user.email, id)
  const calendar = store.calendars.get(id)
  if (!role || !calendar) throw notFound()
  return { calendar, role }
}

/** The same for a call that changes something there. */
export function writable(call: Call, named?: string): GoogleCalendar {
  const { calendar, role } = calendarOf(call, named)
  // developers.google.com/workspace/calendar/api/concepts/sharing: writers and owners change events.
  if (!atLeast(role, 'writer'))
    throw new Refusal(403, 'requiredAccessLevel', 'You need to have writer access to this calendar.')
  return calendar
}

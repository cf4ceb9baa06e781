import { atLeast, calendarOf, type Call } from './call.ts'
import type { CalendarListQuery } from './methods.ts'
import { invalid, notFound, parameter } from './refusal.ts'
import type { Reply } from './reply.ts'
import type { Listed } from './model.ts'
import type { GoogleStore } from './store.ts'
import { Listings, readToken, writeToken } from './tokens.ts'

type Entry = Record<string, unknown>
const listings = new WeakMap<GoogleStore, Listings<Entry>>()

function entry(
  store: GoogleStore,
  { calendarId, role, primary, color, hidden, deleted, changed }: Listed,
): Entry {
  const calendar = store.calendars.get(calendarId)
  const known = {
    kind: 'calendar#calendarListEntry',
    etag: `"${3_500_000_000_000 + changed}000"`,
    id: calendarId,
    accessRole: role,
  }
  if (deleted || !calendar) return { ...known, deleted: true }
  return {
    ...known,
    summary: calendar.summary,
    timeZone: calendar.zone,
    backgroundColor: color,
    foregroundColor: '#000000',
    selected: true,
    defaultReminders: [],
    conferenceProperties: { allowedConferenceSolutionTypes: calendar.conference },
    ...(primary ? { primary: true } : { dataOwner: calendar.owner }),
    ...(hidden ? { hidden: true } : {}),
  }
}

export function getCalendar(call: Call): Reply {
  const { calendar } = calendarOf(call)
  const listed = call.store.lists.get(call.user.email)!.get(calendar.id)
  if (!listed) throw notFound()
  const body = entry(call.store, listed)
  return { status: 200, headers: { etag: String(body['etag']) }, body }
}

/** It has sync tokens of its own, with rules of their own (calendarList.list in the discovery document). */
export function listCalendars({ store, user, query: given }: Call): Reply {
  const query = given as CalendarListQuery
  const size = Math.min(query.maxResults ?? 100, 250)
  const asked = JSON.stringify({ ...query, user: user.email, pageToken: undefined, maxResults: undefined })
  const known = listings.get(store) ?? listings.set(store, new Listings()).get(store)!
  const page =
    query.pageToken === undefined
      ? known.begin(
          found(store, user.email, query),
          writeToken({ list: `list of ${user.email}`, since: store.count }),
          asked,
          size,
          false,
        )
      : known.go(query.pageToken, asked, size)
  return { status: 200, body: { kind: 'calendar#calendarList', etag: `"p${store.count}"`, ...page } }
}

function found(store: GoogleStore, email: string, query: CalendarListQuery): Entry[] {
  const all = [...store.lists.get(email)!.values()]
  if (query.syncToken === undefined)
    return all
      .filter(
        (each) =>
          (!each.deleted || query.showDeleted) &&
          (!each.hidden || query.showHidden) &&
          (!query.minAccessRole || atLeast(each.role, query.minAccessRole)),
      )
      .map((each) => entry(store, each))
  for (const name of ['minAccessRole', 'showDeleted', 'showHidden'] as const)
    if (query[name] !== undefined && (name === 'minAccessRole' || query[name] === false))
      throw invalid('Sync token cannot be used with other request restrictions.', parameter(name))
  const { since } = readToken<{ list: string; since: number }>(
    query.syncToken,
    `list of ${email}`,
    store.listFloor,
  )
  return all.filter((each) => each.changed > since).map((each) => entry(store, each))
}

import { DAY } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import { calendarOf, type Call } from './call.ts'
import { changesSince } from './changes.ts'
import { looked, resolveDue } from './conference.ts'
import { findStored } from './find.ts'
import type { InstancesQuery, ListQuery } from './methods.ts'
import { invalid, notFound, parameter, refuse, Refusal } from './refusal.ts'
import type { Reply } from './reply.ts'
import type { Event } from './schema.ts'
import { expand, touches } from './series.ts'
import type { GoogleCalendar } from './model.ts'
import type { GoogleStore } from './store.ts'
import { instantOf, spanOf } from './time.ts'
import { Listings, readToken, writeToken, type Page } from './tokens.ts'
import { readerOf, tombstone, view, type Reader } from './view.ts'
import { shownAs, type Scope } from './visible.ts'

const LARGEST = 2500
// An unbounded series has to end somewhere once it is expanded; the documents do not say where.
const FAR = 2 * 365 * DAY
// errors: updatedMinTooLongAgo. How long is not documented.
const OLDEST_UPDATED = 28 * DAY

type Token = {
  list: string
  since: number
  single: boolean
  start: number | null
  end: number | null
  types: string[] | null
}

const listings = new WeakMap<GoogleStore, Listings<Event>>()
const listingsOf = (store: GoogleStore): Listings<Event> =>
  listings.get(store) ?? listings.set(store, new Listings()).get(store)!

export function get(call: Call): Reply {
  const { calendar, role } = calendarOf(call)
  resolveDue(call.store, calendar)
  const found = findStored(calendar, call.params['eventId']!)
  if (!found) throw notFound()
  const event = looked(call.store, calendar, found)
  // guides/version-resources#conditional-retrieval
  if (call.headers['if-none-match'] === event.etag) return { status: 304 }
  return {
    status: 200,
    headers: { etag: event.etag! },
    body: view(event, readerOf(call, calendar, role, call.query as ListQuery)),
  }
}

export function list(call: Call): Reply {
  const { calendar, role } = calendarOf(call)
  const query = call.query as ListQuery
  resolveDue(call.store, calendar)
  checkListing(query)
  const reader = readerOf(call, calendar, role, query)
  const size = Math.min(query.maxResults ?? 250, LARGEST)
  const asked = JSON.stringify({
    ...query,
    list: calendar.id,
    user: call.user.email,
    pageToken: undefined,
    maxResults: undefined,
  })
  const known = listingsOf(call.store)
  const page =
    query.pageToken === undefined
      ? known.begin(...firstPage(call.store, calendar, query), asked, size, call.store.behaviour.emptyPages)
      : known.go(query.pageToken, asked, size)
  return { status: 200, body: written(call, reader, page) }
}

/** All that the listing will say, and the sync token to end it with. */
function firstPage(store: GoogleStore, calendar: GoogleCalendar, query: ListQuery): [Event[], string | null] {
  const since = store.count
  if (query.syncToken !== undefined) {
    const token = readSync(query, calendar)
    const items = changesSince(
      calendar,
      token.since,
      { single: token.single, window: windowOf(store, token.start, token.end) },
      store.behaviour.strays,
    )
    return [items.filter((event) => ofTypes(event, token.types)), writeToken({ ...token, since })]
  }
  const token: Token = {
    list: calendar.id,
    since,
    single: query.singleEvents ?? false,
    start: query.timeMin ?? null,
    end: query.timeMax ?? null,
    types: query.eventTypes ?? null,
  }
  const items = everything(store, calendar, query, {
    single: token.single,
    window: windowOf(store, token.start, token.end),
  })
  return [
    items.filter((event) => ofTypes(event, token.types)),
    hasSyncToken(query) ? writeToken(token) : null,
  ]
}

const ofTypes = (event: Event, types: string[] | null): boolean =>
  event.status === 'cancelled' || !types || types.includes(event.eventType ?? 'default')

const windowOf = (store: GoogleStore, start: number | null, end: number | null): Span => ({
  start: start ?? -Infinity,
  end: end ?? store.now() + FAR,
})

// A search has no continuation; what a sync token cannot be combined with cannot begin one either (syncToken in the discovery document).
const hasSyncToken = (query: ListQuery): boolean =>
  !query.orderBy &&
  !query.q &&
  !query.iCalUID &&
  !query.privateExtendedProperty &&
  !query.sharedExtendedProperty &&
  query.updatedMin === undefined

function checkListing(query: ListQuery): void {
  if (query.timeMin !== undefined && query.timeMax !== undefined && query.timeMax <= query.timeMin)
    throw new Refusal(400, 'timeRangeEmpty', 'The specified time range is empty.', parameter('timeMax'))
  // orderBy in the discovery document: by start only when querying single events.
  if (query.orderBy === 'startTime' && !query.singleEvents)
    throw new Refusal(
      400,
      'badRequest',
      'The requested ordering is not available for the particular query.',
      parameter('orderBy'),
    )
}

const FORBIDDEN = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'q',
  'sharedExtendedProperty',
  'timeMin',
  'timeMax',
  'updatedMin',
] as const

function readSync(query: ListQuery, calendar: GoogleCalendar): Token {
  // syncToken in the discovery document names them; and showDeleted may not be false.
  for (const name of FORBIDDEN)
    if (query[name] !== undefined)
      throw invalid('Sync token cannot be used with other request restrictions.', parameter(name))
  if (query.showDeleted === false)
    throw invalid('Sync token cannot be used with showDeleted=false.', parameter('showDeleted'))
  const token = readToken<Token>(query.syncToken!, calendar.id, calendar.floor)
  // "All other query parameters should be the same as for the initial synchronization to avoid undefined behavior": we say so at once.
  if (token.single !== (query.singleEvents ?? false))
    throw invalid(
      'The parameters differ from those of the initial synchronization.',
      parameter('singleEvents'),
    )
  if (JSON.stringify(token.types) !== JSON.stringify(query.eventTypes ?? null))
    throw invalid('The parameters differ from those of the initial synchronization.', parameter('eventTypes'))
  return token
}

function everything(store: GoogleStore, calendar: GoogleCalendar, query: ListQuery, scope: Scope): Event[] {
  if (query.updatedMin !== undefined && query.updatedMin < store.now() - OLDEST_UPDATED)
    throw refuse('updatedMinTooLongAgo')
  const dead = query.showDeleted ?? query.updatedMin !== undefined
  const items = [...calendar.stored.values()].flatMap(({ event }) => {
    if (event.status !== 'cancelled') return shownAs(calendar, event, scope)
    // showDeleted in the discovery document: cancelled instances come with unexpanded series anyway, cancelled series never when expanded.
    const sent = event.recurringEventId ? dead || !scope.single : dead && !(scope.single && event.recurrence)
    return sent && touches(event, calendar.zone, scope.window) ? [event] : []
  })
  const chosen = items.filter((event) => matches(event, query))
  if (query.orderBy === 'startTime')
    chosen.sort((a, b) => instantOf(a.start!, calendar.zone) - instantOf(b.start!, calendar.zone))
  if (query.orderBy === 'updated') chosen.sort((a, b) => Date.parse(a.updated!) - Date.parse(b.updated!))
  return chosen
}

// Several properties must all match, says the discovery document; guides/extended-properties says any of them. One is safe.
function matches(event: Event, query: ListQuery): boolean {
  const has = (kept: Record<string, string> | undefined, wanted: string[] | undefined) =>
    (wanted ?? []).every(
      (pair) => kept?.[pair.slice(0, pair.indexOf('='))] === pair.slice(pair.indexOf('=') + 1),
    )
  const words = [
    event.summary,
    event.description,
    event.location,
    event.organizer?.email,
    event.organizer?.displayName,
    ...(event.attendees ?? []).flatMap((attendee) => [attendee.email, attendee.displayName]),
  ]
    .join('\n')
    .toLowerCase()
  return (
    (query.iCalUID === undefined || event.iCalUID === query.iCalUID) &&
    (query.updatedMin === undefined || Date.parse(event.updated!) >= query.updatedMin) &&
    has(event.extendedProperties?.private, query.privateExtendedProperty) &&
    has(event.extendedProperties?.shared, query.sharedExtendedProperty) &&
    (query.q ?? '')
      .toLowerCase()
      .split(/\s+/)
      .every((word) => words.includes(word))
  )
}

function written(call: Call, reader: Reader, page: Page<Event>): object {
  const { calendar, role } = reader
  return {
    kind: 'calendar#events',
    etag: `"p${calendar.updated}"`,
    summary: calendar.summary,
    updated: new Date(calendar.updated).toISOString(),
    timeZone: calendar.zone,
    accessRole: role,
    defaultReminders: [],
    ...page,
    items: page.items.map((event) =>
      event.status === 'cancelled'
        ? tombstone(event, reader.zone)
        : view(looked(call.store, calendar, event), reader),
    ),
  }
}

export function instances(call: Call): Reply {
  const { calendar, role } = calendarOf(call)
  const query = call.query as InstancesQuery
  const master = calendar.stored.get(call.params['eventId']!)?.event
  if (!master || master.status === 'cancelled') throw notFound()
  const window = windowOf(call.store, query.timeMin ?? null, query.timeMax ?? null)
  const own = [...(calendar.exceptions.get(master.id!) ?? [])].map((id) => calendar.stored.get(id)!.event)
  const plain = master.recurrence
    ? expand(master, calendar.zone, window).filter((event) => !own.some((each) => each.id === event.id))
    : []
  const alive = own.filter(
    (event) => (event.status !== 'cancelled' || query.showDeleted) && touches(event, calendar.zone, window),
  )
  const original = query.originalStart === undefined ? null : Date.parse(query.originalStart)
  const items = [...plain, ...alive]
    .filter((event) => original === null || instantOf(event.originalStartTime!, calendar.zone) === original)
    .sort((a, b) => spanOf(a, calendar.zone).start - spanOf(b, calendar.zone).start)
  const asked = JSON.stringify({
    ...query,
    id: master.id,
    list: calendar.id,
    user: call.user.email,
    pageToken: undefined,
    maxResults: undefined,
  })
  const size = Math.min(query.maxResults ?? 250, LARGEST)
  const known = listingsOf(call.store)
  const page =
    query.pageToken === undefined
      ? known.begin(items, null, asked, size, false)
      : known.go(query.pageToken, asked, size)
  return { status: 200, body: written(call, readerOf(call, calendar, role, query), page) }
}

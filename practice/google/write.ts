import { writable, type Call } from './call.ts'
import { compose, organizerOf, readFields, revise } from './compose.ts'
import { isPending, readConference, resolve, resolveLater, waiting } from './conference.ts'
import { findStored, settleSeries } from './find.ts'
import { propagate, tell } from './invite.ts'
import type { WriteQuery } from './methods.ts'
import { invalid, notFound, refuse, Refusal, required } from './refusal.ts'
import type { Reply } from './reply.ts'
import type { Event } from './schema.ts'
import type { GoogleCalendar } from './model.ts'
import { readerOf, view } from './view.ts'

const ID = /^[a-v0-9]{5,1024}$/

function answer(call: Call, calendar: GoogleCalendar, event: Event): Reply {
  const reader = readerOf(
    call,
    calendar,
    call.store.role(call.user.email, calendar.id)!,
    call.query as WriteQuery,
  )
  return { status: 200, headers: { etag: event.etag! }, body: view(event, { ...reader, onlyBusy: false }) }
}

/** Stored, carried to those invited, told by letter if so asked. */
function settle(call: Call, calendar: GoogleCalendar, old: Event | null, next: Event): Event {
  const { store } = call
  const fresh = isPending(next) && next.conferenceData !== old?.conferenceData
  const waits = fresh ? waiting(store, next) : (calendar.stored.get(next.id!)?.waits ?? null)
  let kept = store.keep(calendar, next, isPending(next) ? waits : null)
  if (fresh && store.behaviour.conference.reads === 0) kept = resolve(store, calendar, kept)
  else if (fresh) resolveLater(store, calendar, kept.id!)
  if (old) settleSeries(store, calendar, old, kept)
  propagate(store, calendar, old, kept)
  tell(store, calendar, old, kept, call.query as WriteQuery)
  return kept
}

export function insert(call: Call): Reply {
  const calendar = writable(call)
  const body = call.body as Event
  if (body.id !== undefined && !ID.test(body.id)) throw invalid('Invalid resource id value.')
  // "Only one of them should be supplied at event creation time" (Event.iCalUID in the discovery document).
  if (body.id !== undefined && body.iCalUID !== undefined && body.iCalUID !== `${body.id}@google.com`)
    throw invalid('Invalid value for: iCalUID.')
  if (body.eventType === 'fromGmail') throw invalid('Invalid value for: eventType.')
  const taken = body.id !== undefined && calendar.stored.has(body.id)
  if (taken && call.store.behaviour.collisions === 'noticed') throw refuse('duplicate')
  const { id: _, ...unnamed } = body
  const made = compose(call.store, calendar, call.user.email, taken ? unnamed : body)
  const conference = readConference(
    calendar,
    null,
    body.conferenceData,
    (call.query as WriteQuery).conferenceDataVersion,
  )
  return answer(
    call,
    calendar,
    settle(call, calendar, null, { ...made, ...(conference ? { conferenceData: conference } : {}) }),
  )
}

/** developers.google.com/workspace/calendar/api/v3/reference/events/import: a private copy, known by its iCalUID; again is an update. */
export function importEvent(call: Call): Reply {
  const calendar = writable(call)
  const body = call.body as Event
  if (!body.iCalUID) throw required('Missing iCalUID.')
  if (body.eventType !== undefined && body.eventType !== 'default')
    throw invalid('Invalid value for: eventType.')
  const old =
    [...calendar.stored.values()].find(
      ({ event }) => event.iCalUID === body.iCalUID && !event.recurringEventId,
    )?.event ?? null
  const { id: _, ...unnamed } = body
  const made = compose(call.store, calendar, call.user.email, old ? { ...unnamed, id: old.id } : unnamed)
  if (old && (made.sequence ?? 0) < (old.sequence ?? 0)) throw invalid('Invalid sequence value.')
  const kept = call.store.keep(calendar, {
    ...made,
    organizer: body.organizer ?? organizerOf(call.store, calendar),
  })
  return answer(call, calendar, kept)
}

function editable(call: Call, calendar: GoogleCalendar): Event {
  const old = findStored(calendar, call.params['eventId']!)
  if (!old) throw notFound()
  const match = call.headers['if-match']
  // developers.google.com/workspace/calendar/api/guides/version-resources#conditional-modification
  if (match !== undefined && match !== '*' && match !== old.etag) throw refuse('conditionNotMet')
  return old
}

// Shared with everyone invited, so the organizer's alone (guides/errors, forbiddenForNonOrganizer).
const SHARED: (keyof Event)[] = [
  'summary',
  'description',
  'location',
  'start',
  'end',
  'recurrence',
  'guestsCanModify',
  'guestsCanInviteOthers',
  'guestsCanSeeOtherGuests',
]

function checkOrganizer(calendar: GoogleCalendar, old: Event, next: Event): void {
  if (old.organizer?.email === calendar.id || old.guestsCanModify) return
  if (SHARED.some((name) => JSON.stringify(old[name]) !== JSON.stringify(next[name])))
    throw refuse('forbiddenForNonOrganizer')
}

function change(call: Call, calendar: GoogleCalendar, old: Event, changes: Event, body: Event): Reply {
  const conference = readConference(
    calendar,
    old,
    body.conferenceData,
    (call.query as WriteQuery).conferenceDataVersion,
  )
  const { conferenceData: _, hangoutLink, ...rest } = revise(calendar, old, changes, body.sequence)
  checkOrganizer(calendar, old, rest)
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Event
  const next: Event = {
    ...said,
    ...(conference ? { conferenceData: conference } : {}),
    ...(conference && conference === old.conferenceData && hangoutLink ? { hangoutLink } : {}),
  }
  // Back from the cancelled: whoever was invited is invited anew.
  return answer(call, calendar, settle(call, calendar, old.status === 'cancelled' ? null : old, next))
}

// What a whole update leaves as it is when the body is silent about it.
const LASTING: (keyof Event)[] = [
  'kind',
  'id',
  'iCalUID',
  'created',
  'creator',
  'organizer',
  'sequence',
  'recurringEventId',
  'originalStartTime',
  'eventType',
  'conferenceData',
  'hangoutLink',
  'etag',
  'updated',
]

export function update(call: Call): Reply {
  const calendar = writable(call)
  const old = editable(call, calendar)
  const body = call.body as Event
  const fields = readFields(body, calendar, (body.recurrence ?? []).length > 0)
  const lasting = Object.fromEntries(
    LASTING.filter((name) => old[name] !== undefined).map((name) => [name, old[name]]),
  ) as Event
  const blank = Object.fromEntries(
    Object.keys(old)
      .filter((name) => !(name in lasting))
      .map((name) => [name, undefined]),
  ) as Event
  const asked =
    (call.query as WriteQuery).conferenceDataVersion === 1 && body.conferenceData === undefined
      ? { ...body, conferenceData: null as unknown as undefined }
      : body
  return change(
    call,
    calendar,
    old,
    { ...blank, status: 'confirmed', reminders: { useDefault: true }, ...fields },
    asked,
  )
}

type Loose = Record<string, unknown>
const isPlain = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** developers.google.com/workspace/calendar/api/guides/performance#patch: objects are merged, arrays replaced, null takes away. */
function merge(old: Loose, patch: Loose): Loose {
  const next = { ...old }
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete next[name]
    else next[name] = isPlain(value) ? merge(isPlain(old[name]) ? old[name] : {}, value) : value
  }
  return next
}

export function patch(call: Call): Reply {
  const calendar = writable(call)
  const old = editable(call, calendar)
  const { conferenceData: _, sequence: __, ...body } = call.body as Loose
  const merged = merge(old as Loose, body) as Event
  const named = Object.keys(body).filter((name) => (merged as Loose)[name] !== undefined)
  const recurring = (merged.recurrence ?? []).length > 0
  const fields = readFields(
    Object.fromEntries(named.map((name) => [name, (merged as Loose)[name]])) as Event,
    calendar,
    recurring,
  )
  const empty = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0)
  const gone = Object.fromEntries(
    Object.keys(body)
      .filter((name) => empty(body[name]))
      .map((name) => [name, undefined]),
  ) as Event
  return change(call, calendar, old, { ...gone, ...fields }, call.body as Event)
}

export function remove(call: Call): Reply {
  const calendar = writable(call)
  const old = editable(call, calendar)
  if (old.status === 'cancelled') throw refuse('deleted')
  settle(call, calendar, old, { ...old, status: 'cancelled' })
  return { status: 204 }
}

/** developers.google.com/workspace/calendar/api/v3/reference/events/move: the event changes its organizer and keeps its id. */
export function move(call: Call): Reply {
  const calendar = writable(call)
  const destination = writable(call, (call.query as { destination: string }).destination)
  const old = editable(call, calendar)
  if (old.status === 'cancelled') throw refuse('deleted')
  if (old.recurringEventId)
    throw new Refusal(400, 'cannotChangeOrganizerOfInstance', 'Cannot change the organizer of an instance.')
  if (old.organizer?.email !== calendar.id) throw new Refusal(403, 'forbidden', 'Forbidden')
  if (old.eventType !== 'default') throw invalid('Invalid value for: eventType.')
  if (destination === calendar) throw invalid('Invalid destination.')
  if (destination.stored.has(old.id!) && destination.stored.get(old.id!)!.event.status !== 'cancelled')
    throw refuse('duplicate')
  call.store.keep(calendar, { ...old, status: 'cancelled' })
  settleSeries(call.store, calendar, old, { ...old, status: 'cancelled' })
  const kept = call.store.keep(destination, { ...old, organizer: organizerOf(call.store, destination) })
  tell(call.store, destination, old, kept, call.query as WriteQuery)
  return answer(call, destination, kept)
}

import { randomBytes } from 'node:crypto'
import type { Span } from '#core/time/model.ts'
import { GraphError, idOf, occurrenceId, type Call, type Prefer, type Reply } from './call.ts'
import { readMoment } from './clock.ts'
import type { Calendar, Event } from './model.ts'
import { occurrencesOf, touches, type Occurrence } from './recurrence.ts'
import type { PracticeStore } from './store.ts'
import { eventJson, thinJson } from './view.ts'

type Ids = { id: string; place: string; date: string | null }
type Item = { event: Event; occurrence: Occurrence | null } | { gone: Ids }
/** One round of changes as it stood when it began: asking for a page again gives the same page. */
type Round = {
  calendar: string
  window: Span
  generation: number
  clock: number
  items: Item[]
  /** What the asker holds after it: key → state. */ known: Map<string, { state: string; ids: Ids }>
}

const KEPT = 2_000
const VIEW_DAYS = 1825

/** Windows of a view: both ends, in order, not too far apart. */
export function readWindow(call: Call): Span {
  const [start, end] = ['startdatetime', 'enddatetime'].map((name) => call.query.get(name))
  if (!start || !end)
    throw new GraphError(
      400,
      'ErrorInvalidParameter',
      'This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.',
    )
  const window = { start: readMoment(start) ?? NaN, end: readMoment(end) ?? NaN }
  if (!(window.start <= window.end))
    throw new GraphError(
      400,
      'ErrorInvalidParameter',
      'The value of the parameter StartDateTime or EndDateTime is invalid.',
    )
  if (window.end - window.start > VIEW_DAYS * 86_400_000)
    throw new GraphError(
      400,
      'ErrorCalendarViewRangeTooBig',
      `The requested time duration specified for the calendar view is too long. The allowed limit = ${VIEW_DAYS} days.`,
    )
  return window
}

/** Everything of a calendar in a window. `masters`: deltas hold the series beside its occurrences, views do not. */
export function itemsIn(
  store: PracticeStore,
  calendar: Calendar,
  window: Span,
  masters: boolean,
): { event: Event; occurrence: Occurrence | null }[] {
  const items: { event: Event; occurrence: Occurrence | null }[] = []
  for (const event of store.eventsOf(calendar.id)) {
    if (!event.recurrence) {
      if (touches(event.span, window)) items.push({ event, occurrence: null })
      continue
    }
    const occurrences = occurrencesOf(event, window)
    if (masters && occurrences.length > 0 && !store.mastersLast) items.push({ event, occurrence: null })
    for (const occurrence of occurrences) items.push({ event, occurrence })
    if (masters && occurrences.length > 0 && store.mastersLast) items.push({ event, occurrence: null })
  }
  return items
}

const keyOf = (ids: Ids): string => `${ids.id} ${ids.date ?? ''}`
const idsOf = ({ event, occurrence }: { event: Event; occurrence: Occurrence | null }): Ids => ({
  id: event.id,
  place: event.place,
  date: occurrence?.date ?? null,
})

export class Rounds {
  #rounds = new Map<string, Round>()

  /** learn.microsoft.com/graph/api/event-delta */
  read(call: Call, calendar: Calendar): Reply {
    const { store, query } = call
    // Secondary calendars are documented in beta only; tenants answer differently.
    if (!calendar.delta)
      throw new GraphError(
        400,
        'ErrorInvalidRequest',
        "The 'delta' function is not supported on this resource.",
      )
    const skip = query.get('$skiptoken')
    const since = query.get('$deltatoken')
    const token = skip ?? since
    if (token !== undefined && query.size > 1)
      throw new GraphError(
        400,
        'BadRequest',
        'The link must be used as it was given: further query parameters are not supported.',
      )
    if (skip !== undefined) {
      const [name, from] = skip.split('.')
      return this.#page(call, name!, this.#round(store, calendar, name!), Number(from))
    }
    const before = since === undefined ? null : this.#round(store, calendar, since)
    const window = before?.window ?? readWindow(call)
    const round = this.#begin(store, calendar, window, before)
    const name = randomBytes(24).toString('base64url')
    this.#rounds.set(name, round)
    for (const old of this.#rounds.keys()) if (this.#rounds.size > KEPT) this.#rounds.delete(old)
    return this.#page(call, name, round, 0)
  }

  #round(store: PracticeStore, calendar: Calendar, name: string): Round {
    const round = this.#rounds.get(name)
    // github.com/microsoftgraph/microsoft-graph-docs/issues/2350, /issues/2839
    if (!round || round.calendar !== calendar.id || round.generation !== store.generation)
      throw new GraphError(
        410,
        'SyncStateNotFound',
        `The sync state generation is not found; generation=${round?.generation ?? 0};[highest=${store.generation}].`,
      )
    return round
  }

  #begin(store: PracticeStore, calendar: Calendar, window: Span, before: Round | null): Round {
    if (before?.clock === store.clock) return { ...before, items: [] }
    const now = itemsIn(store, calendar, window, true)
    const known: Round['known'] = new Map(
      now.map((item) => [
        keyOf(idsOf(item)),
        {
          state: `${item.event.changed} ${item.event.place} ${item.occurrence?.changeKey ?? item.event.changeKey}`,
          ids: idsOf(item),
        },
      ]),
    )
    const items: Item[] = before
      ? now.filter(
          (item) => before.known.get(keyOf(idsOf(item)))?.state !== known.get(keyOf(idsOf(item)))!.state,
        )
      : now
    if (before) items.push(...gone(store, calendar, before, known).map((ids) => ({ gone: ids })))
    return { calendar: calendar.id, window, generation: store.generation, clock: store.clock, items, known }
  }

  #page(call: Call, name: string, round: Round, from: number): Reply {
    const size = call.prefer.pageSize ?? 10
    const to = from + size
    const link = `${call.url}${call.path}`
    const end =
      to < round.items.length
        ? { '@odata.nextLink': `${link}?$skiptoken=${name}.${to}` }
        : { '@odata.deltaLink': `${link}?$deltatoken=${name}` }
    return {
      status: 200,
      body: {
        '@odata.context': `${call.url}/v1.0/$metadata#Collection(event)`,
        value: round.items.slice(from, to).map((item) => itemJson(item, call.prefer)),
        ...end,
      },
    }
  }
}

/**
 * What the asker must let go of: what it holds and what is no more in the window; and, as documented, whatever changed outside the
 * window too, whether or not it was ever inside (learn.microsoft.com/graph/api/event-delta#response).
 */
function gone(store: PracticeStore, calendar: Calendar, before: Round, known: Round['known']): Ids[] {
  const found = new Map<string, Ids>()
  for (const [key, { ids }] of before.known) {
    if (known.has(key)) continue
    const event = ids.date === null ? undefined : store.events.get(ids.id)
    if (store.forgetsDeletedOccurrences && event?.exceptions[ids.date!]?.kind === 'removed') continue
    found.set(key, ids)
  }
  const add = (ids: Ids) =>
    void (known.has(keyOf(ids)) || found.has(keyOf(ids)) || found.set(keyOf(ids), ids))
  for (const event of store.eventsOf(calendar.id))
    if (event.changed > before.clock) add({ id: event.id, place: event.place, date: null })
  for (const grave of store.graves)
    if (grave.at > before.clock && grave.calendar === calendar.id)
      add({ id: grave.id, place: grave.place, date: null })
  return [...found.values()]
}

function itemJson(item: Item, prefer: Prefer): object {
  if ('gone' in item) {
    const id = idOf(item.gone, prefer)
    return {
      id: item.gone.date === null ? id : occurrenceId(id, item.gone.date),
      '@removed': { reason: 'deleted' },
    }
  }
  if (item.occurrence && !item.occurrence.changed) return thinJson(item.event, item.occurrence, prefer)
  return { '@odata.type': '#microsoft.graph.event', ...eventJson(item.event, item.occurrence, prefer) }
}

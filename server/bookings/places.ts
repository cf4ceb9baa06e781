import { cutBusy } from '#core/time/busy.ts'
import type { Instant, Span } from '#core/time/model.ts'
import { readHostCalendars } from '#server/calendars/busy.ts'
import { checkFresh } from '#server/calendars/fresh.ts'
import { titlesAt } from '#server/calendars/titles.ts'
import type { Tx } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { ownAt, type BookingRow } from './store.ts'

/** The calendars that these hosts have chosen for new meetings, those that can be written. */
export async function placesOf(tx: Tx, hostIds: string[], now: Instant): Promise<string[]> {
  const calendars = await readHostCalendars(tx, hostIds, now)
  return [...new Set([...calendars.values()].filter(({ reason }) => reason !== 'broken').flatMap(({ destination }) => destination?.calendarId ?? []))]
}

export type Occupied = { start: Instant; end: Instant; title: string | null }
export type Taken = { kind: 'read'; busy: Occupied[]; own: Occupied[] } | { kind: 'unreadable' }

/**
 * What these hosts have at that time: in our own table, in the copies of their calendars, and as the calendars answer now. Without
 * any calendar, what we have ourselves is all there is to know.
 */
export async function takenAt(deps: Deps, workspaceId: string, hostIds: string[], span: Span, except: BookingRow | null): Promise<Taken> {
  const now = deps.now()
  const { calendars, own } = await deps.db.inWorkspace(workspaceId, async (tx) => ({
    calendars: await readHostCalendars(tx, hostIds, now),
    own: await ownAt(tx, workspaceId, hostIds, span.start, span.end, except?.booking_id ?? null),
  }))
  const connected = [...calendars.values()].some(({ usable }) => usable !== 'none')
  const fresh = connected ? await checkFresh(deps, workspaceId, hostIds, span) : ({ kind: 'clear', busy: new Map<string, Span[]>() } as const)
  if (fresh.kind === 'unreadable') return { kind: 'unreadable' }
  const copied = [...calendars.values()].some(({ busy }) => cutBusy(busy, span).starts.length > 0)
  const asked = [...fresh.busy.values()].flat()
  if (own.length === 0 && !copied && asked.length === 0) return { kind: 'read', busy: [], own: [] }
  const named = await deps.db.inWorkspace(workspaceId, (tx) => titlesAt(tx, workspaceId, hostIds, span))
  const unnamed = asked.filter((one) => !named.some(({ start, end }) => start === one.start && end === one.end)).map((one) => ({ ...one, title: null }))
  const busy = [...own, ...named, ...unnamed]
  return { kind: 'read', busy: busy.length > 0 ? busy : [{ ...span, title: null }], own }
}

import type { HostTime, Question as SlotQuestion, Schedule } from '#core/availability/model.ts'
import { fromBytes, mergeBusy, type Busy } from '#core/time/busy.ts'
import { DAY, MINUTE, type Instant, type Span, type Zone } from '#core/time/model.ts'
import type { Db, Tx } from '#server/platform/database.ts'
import { STALE_AFTER_MINUTES, type BookedType, type PageRef } from './model.ts'
import { readInputs, readInputsIn, type InputRow } from './store.ts'

/** One of our bookings or holds on a host, as the database has it. */
export type OwnRow = { id: string; start: Instant; end: Instant; before: number; after: number; taken: number; capacity: number; sameType: boolean; holdUntil: Instant | null; holdHash: string | null }

/** Why a host's calendar cannot be trusted to be read and written; `null` when it can. */
export type Unusable = 'no-calendar' | 'broken' | 'no-destination' | 'nothing-checked' | 'never-synced' | 'stale' | 'quarantined'

export type HostInputs = {
  hostId: string
  name: string
  email: string
  slug: string
  zone: Zone
  locale: 'en' | 'it'
  priority: number
  version: number
  schedule: Schedule
  connected: boolean
  calendars: { id: string; checked: boolean; destination: boolean; writable: boolean; synced: Instant | null; quarantined: boolean }[]
  connectionState: 'connecting' | 'connected' | 'broken' | null
  busy: Busy
  own: OwnRow[]
  asked: Span[]
}

export type PageInputs = { type: BookedType; hosts: HostInputs[] }

// What a page's answer is made of changes seldom and is heavy to read: kept under its hosts' versions, which every change of it
// raises (migration 0012). Nothing is ever invalidated; an old version is simply not asked for again.
const cache = new Map<string, PageInputs>()
const CACHE_PAGES = 2000

const versionsOf = (inputs: PageInputs | undefined, raised = 0): Record<string, number> =>
  Object.fromEntries((inputs?.hosts ?? []).map((host) => [host.hostId, host.version + raised]))

/** What the page at this public address offers and everything that is taken, in one statement; null where there is no such page. */
export async function loadInputs(db: Db, ref: PageRef): Promise<PageInputs | null> {
  const key = `${ref.host}/${ref.page}`
  const known = cache.get(key)
  const row = await readInputs(db, ref, versionsOf(known))
  if (!row) return null
  const inputs = row.unchanged ? readAgain(known!, row.hosts) : assemble(row)
  cache.delete(key)
  if (inputs) cache.set(key, inputs)
  if (cache.size > CACHE_PAGES) cache.delete(cache.keys().next().value!)
  return inputs
}

/**
 * The same inside a transaction. `seen` is what the caller read before it claimed the page's hosts: where that claim was all that
 * raised their versions since, it still holds.
 */
export async function loadInputsIn(tx: Tx, workspaceId: string, pageId: string, seen?: PageInputs): Promise<PageInputs | null> {
  const row = await readInputsIn(tx, workspaceId, pageId, versionsOf(seen, 1))
  if (!row) return null
  if (!row.unchanged) return assemble(row)
  const same = readAgain(seen!, row.hosts)
  return { ...same, hosts: same.hosts.map((host) => ({ ...host, version: host.version + 1 })) }
}

/** After the COMMIT: what was read inside it and the time it took, so that the next visitor of this page finds nothing to read. */
export function rememberTaken({ host, page }: PageRef, inputs: PageInputs, taken: ReadonlyMap<string, OwnRow>): void {
  const key = `${host}/${page}`
  // Another visitor's newer reading stays.
  if (cache.get(key)?.hosts.some((known) => known.version > (inputs.hosts.find(({ hostId }) => hostId === known.hostId)?.version ?? 0))) return
  cache.set(key, { ...inputs, hosts: inputs.hosts.map((each) => ({ ...each, own: withOwn(each.own, taken.get(each.hostId)) })) })
}

function withOwn(rows: OwnRow[], one: OwnRow | undefined): OwnRow[] {
  if (!one) return rows
  const later = rows.findIndex((row) => row.start > one.start)
  return later < 0 ? [...rows, one] : rows.toSpliced(later, 0, one)
}

/** When a calendar was last read moves without any change in it. */
function readAgain(inputs: PageInputs, synced: Record<string, Instant | null> | null): PageInputs {
  if (inputs.hosts.every((host) => host.calendars.every(({ id, synced: at }) => (synced?.[id] ?? null) === at))) return inputs
  return { ...inputs, hosts: inputs.hosts.map((host) => ({ ...host, calendars: host.calendars.map((calendar) => ({ ...calendar, synced: synced?.[calendar.id] ?? null })) })) }
}

function assemble(row: InputRow): PageInputs | null {
  if (!row.page) return null
  const busy = new Map<string, Busy[]>()
  for (const [index, host] of (row.busy_hosts ?? []).entries()) {
    const bytes = row.busy?.[index]
    if (bytes?.length) busy.set(host, [...(busy.get(host) ?? []), fromBytes(bytes)])
  }
  return {
    type: typeOf(row),
    hosts: (row.hosts ?? []).map((host) => ({
      hostId: host.id,
      name: host.name,
      email: host.email,
      slug: host.slug,
      zone: host.zone,
      locale: host.locale,
      priority: host.priority,
      version: host.version,
      schedule: { zone: host.schedule.zone, weekly: host.schedule.weekly ?? [], overrides: host.schedule.overrides ?? [] },
      connected: host.connection === 'connected',
      connectionState: host.connection,
      calendars: host.calendars,
      busy: mergeBusy(busy.get(host.id) ?? []),
      own: host.own.map(([start, end, before, after, taken, capacity, sameType, holdUntil, holdHash, id]) => ({ id, start, end, before, after, taken, capacity, sameType: sameType === 1, holdUntil, holdHash })),
      asked: host.asked.map(([start, end]) => ({ start, end })),
    })),
  }
}

function typeOf({ workspace_id, page }: InputRow): BookedType {
  const p = page!
  return {
    eventTypeId: p.event_type_id,
    pageId: p.page_id,
    workspaceId: workspace_id,
    workspaceName: p.workspace,
    slug: p.slug,
    open: p.open,
    pageLocale: p.locale,
    owner: p.owner,
    title: p.title,
    description: p.description,
    location: p.location,
    durations: p.durations,
    increment: p.increment,
    before: p.buffer_before,
    after: p.buffer_after,
    notice: p.notice,
    horizon: p.horizon,
    perDay: p.per_day,
    perWeek: p.per_week,
    capacity: p.capacity,
    assignment: p.assignment,
    questions: p.questions,
    consent: p.consent,
    reminders: p.reminders,
    guestsMax: p.guests_max,
    whenUnreadable: p.when_unreadable,
    version: p.version,
  }
}

/** Whether this host's calendars can be trusted now. A host without one is never "free": their page takes requests. */
export function unusable(host: HostInputs, now: Instant, staleMinutes = STALE_AFTER_MINUTES): Unusable | null {
  if (host.connectionState === null) return 'no-calendar'
  if (!host.connected) return 'broken'
  if (!host.calendars.some((calendar) => calendar.destination && calendar.writable)) return 'no-destination'
  const checked = host.calendars.filter((calendar) => calendar.checked)
  if (checked.length === 0) return 'nothing-checked'
  if (checked.some((calendar) => calendar.synced === null)) return 'never-synced'
  if (checked.some((calendar) => calendar.quarantined)) return 'quarantined'
  if (checked.some((calendar) => calendar.synced! < now - staleMinutes * MINUTE)) return 'stale'
  return null
}

/** `lastKnown`: it goes by what was last read, at that moment, because its owner prefers that to asking. */
export type Mode = { kind: 'bookable'; lastKnown?: Instant } | { kind: 'requests'; reason: Unusable } | { kind: 'closed'; reason: Unusable | 'paused' }

/** What the page can honestly offer now: bookings, requests (offline mode, S-012) or nothing. */
export function modeOf({ type, hosts }: PageInputs, now: Instant): Mode {
  if (!type.open) return { kind: 'closed', reason: 'paused' }
  const reasons = hosts.map((host) => unusable(host, now))
  // Round robin goes on with the hosts that can be read; the others are left out, never taken for free.
  const usable = type.assignment === 'round-robin' ? reasons.some((reason) => reason === null) : reasons.length > 0 && reasons.every((reason) => reason === null)
  if (usable) return { kind: 'bookable' }
  const reason = reasons.find((found) => found !== null) ?? 'no-calendar'
  if (reason === 'no-calendar' || type.whenUnreadable.kind === 'requests') return { kind: 'requests', reason }
  if (type.whenUnreadable.kind === 'close') return { kind: 'closed', reason }
  const hours = type.whenUnreadable.hours
  const lastKnown = hosts.every((host) => host.connectionState === 'connected' && ['stale', null].includes(unusable(host, now)) && unusable(host, now, hours * 60) === null)
  return lastKnown ? { kind: 'bookable', lastKnown: oldestRead(hosts) } : { kind: 'requests', reason }
}

const oldestRead = (hosts: HostInputs[]): Instant => Math.min(...hosts.flatMap(({ calendars }) => calendars.flatMap(({ checked, synced }) => (checked ? [synced ?? 0] : []))))

/** Hosts that may be booked in this mode. */
export const bookableHosts = ({ type, hosts }: PageInputs, mode: Mode, now: Instant): HostInputs[] =>
  mode.kind === 'bookable' && type.assignment === 'round-robin' ? hosts.filter((host) => unusable(host, now) === null) : hosts

/** The question for core/availability. `except` are occupancies that the asker already has: an own hold, the booking being moved. */
export function questionOf(
  inputs: PageInputs,
  options: { duration: number; window: Span; now: Instant; mode: Mode; fresh?: Map<string, Busy>; except?: (own: OwnRow) => boolean; countRequests?: boolean },
): SlotQuestion {
  const { type } = inputs
  return {
    offer: {
      durations: type.durations,
      increment: type.increment,
      before: type.before,
      after: type.after,
      limits: { notice: type.notice * MINUTE, horizon: type.horizon, perDay: type.perDay, perWeek: type.perWeek },
      capacity: type.capacity,
    },
    duration: options.duration,
    assignment: type.assignment,
    hosts: bookableHosts(inputs, options.mode, options.now).map((host): HostTime => {
      const fresh = options.fresh?.get(host.hostId)
      const extra = options.countRequests ? host.asked : []
      return {
        hostId: host.hostId,
        schedule: host.schedule,
        busy: fresh ? mergeBusy([host.busy, fresh]) : host.busy,
        own: [
          ...host.own.filter((own) => (own.holdUntil === null || own.holdUntil > options.now) && !options.except?.(own)),
          ...extra.map((span) => ({ ...span, before: type.before, after: type.after, taken: 1, capacity: 1, sameType: false })),
        ],
      }
    }),
    window: options.window,
    now: options.now,
  }
}

/** Around one start: far enough for buffers, days for the caps. */
export const windowAround = (start: Instant, minutes: number): Span => ({ start: start - DAY, end: start + minutes * MINUTE + DAY })
